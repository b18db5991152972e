"""Who decides about whose access to customer data: `a` on `customer-data-access`, over the team or the whole site.

Source: actors.md 2; systems.md 24.
"""

from django.db.models import Q

from backoffice.registers.access.giving import provide_givers

from .accounts.models import User
from .line import ReportingLine, in_force
from .roles import cell, roles_with

SYSTEM = "customer-data-access"


def decides(viewer):
    return any(seat.role and "a" in cell(seat.role, SYSTEM).letters for seat in viewer.seats)


def decided_by(viewer):
    """The accounts whose access `viewer` decides: the people below a team's head, at a site's head those who work
    there. Only roles that may ask for access are given any: who keeps or reviews the system never is."""
    wanted = Q(pk=None)
    for seat in viewer.seats:
        found = cell(seat.role, SYSTEM) if seat.role else None
        if found is None or "a" not in found.letters:
            continue
        if found.view == "A":
            wanted |= Q(pk__isnull=False) if seat.site is None else Q(site=seat.site) | Q(site=None)
        else:
            wanted |= Q(staff__in=_below(seat, viewer.day))
    asking = [*roles_with(SYSTEM, "c"), *roles_with(SYSTEM, "a")]
    held = in_force(viewer.day).filter(wanted, position__role__in=asking).values("staff")
    return User.objects.filter(is_active=True, staff__in=held).exclude(pk=viewer.user.pk).order_by("first_name", "pk")


def _below(seat, day):
    """The staff rows below the holder of `seat` in the reporting line."""
    line = ReportingLine(day)
    positions = set(
        in_force(day)
        .filter(staff=seat.staff, position__role=seat.role, site=seat.site)
        .values_list("position", flat=True)
    )
    mine = [
        one
        for one in line.holdings
        if one.staff == seat.staff and one.site == seat.site and one.position in positions
    ]
    return set().union(*(line.reports(holding) for holding in mine))


provide_givers(decides, decided_by)
