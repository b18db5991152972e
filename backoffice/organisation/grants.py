"""Nobody grants more than they hold.

Rights come from positions, so giving somebody a position, or a position another role, gives rights. The rule:

1. Whoever opens, changes or restores an assignment, or sets the role of a position, must hold `g` on
   `organisation-positions` (the people and administration supervisor). Voiding takes rights away; it needs the
   verb of the register and nothing more.
2. The role in question may hold no letter on `organisation-positions` or `audit-backup` that the actor does not
   hold there. So a people supervisor appoints consultants and managers, but neither a general manager nor a
   system administrator; those are appointed by a superuser or from the command line.
3. Nobody does any of this for themselves, or to a position they hold.

Taking somebody back who had left gives them their positions again, so it counts as an appointment.

It is a policy of the door, so that form, import, API and undo all meet it. Source: issue of rights, reliability.md
2.1 item 3; actors.md 2.
"""

from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.registers.changes.act import Denied, Refusal, Refused

from .authority import allows
from .models import Assignment, Position, Staff
from .roles import cell

GUARDED = ("organisation-positions", "audit-backup")


def no_more_than_held(register, writes, act):
    """Raises Denied without rule 1, Refused where rule 2 or 3 is broken."""
    given = GIVEN_BY.get(register.model)
    granting = given(writes) if given and not act.viewer.everything else []
    if not granting:
        return
    if not allows(act.actor, "organisation-positions", "g", viewer=act.viewer):
        raise Denied(f"{act.actor} may not give or take positions.")
    if act.actor.is_superuser:
        return
    field = {Assignment: "position", Position: "role", Staff: "status"}[register.model]
    refusals = []
    for index, role, holders in granting:
        if holders & act.viewer.staff:
            refusals.append(Refusal(index, field, "own", _("Nobody gives themselves a position.")))
        elif role and beyond(role, act.viewer):
            refusals.append(Refusal(index, field, "beyond", _("This role has rights that you do not hold yourself.")))
    if refusals:
        raise Refused(refusals)


def beyond(role, viewer):
    """Whether `role` holds a letter on a guarded system that no seat of `viewer` holds."""
    for system in GUARDED:
        held = set().union(*(cell(seat.role, system).letters for seat in viewer.seats))
        if cell(role, system).letters - held:
            return True
    return False


def _number(value):
    return getattr(value, "pk", value)


def _appointments(writes):
    """[(index, role, {persons})] of every assignment that stays: the roles given, the persons they go to or leave."""
    found = []
    numbers = {_number(write.values.get("position")) for write in writes}
    numbers |= {write.row.position_id for write in writes if write.row is not None}
    roles = dict(Position.rows.filter(pk__in=numbers - {None}).values_list("pk", "role"))
    for index, write in enumerate(writes):
        if write.action == "void":
            continue
        before = write.row
        persons = {_number(write.values.get("staff")), before.staff_id if before is not None else None} - {None}
        position = _number(write.values.get("position")) or (before.position_id if before is not None else None)
        found.append((index, roles.get(position), persons))
    return found


def _role_changes(writes):
    """[(index, role, {holders})] of every position whose role is set or changed."""
    found = []
    holders = {}
    numbers = [write.row.pk for write in writes if write.row is not None]
    for position, staff in Assignment.rows.filter(position__in=numbers, voided_at=None).values_list(
        "position", "staff"
    ):
        holders.setdefault(position, set()).add(staff)
    for index, write in enumerate(writes):
        role = write.values.get("role")
        if write.row is None:
            found.append((index, role, set()))
        elif "role" in write.values and role != write.row.role:
            found.append((index, role, holders.get(write.row.pk, set())))
    return found


def _returns(writes):
    """[(index, role, {person})] of everybody who had left and comes back, for each position still theirs."""
    back = {
        write.row.pk: index
        for index, write in enumerate(writes)
        if write.row is not None
        and write.row.status == Staff.Status.LEFT
        and write.values.get("status", Staff.Status.LEFT) != Staff.Status.LEFT
    }
    held = Assignment.rows.filter(staff__in=back, voided_at=None).exclude(valid_to__lt=clock.today())
    return [(back[staff], role, {staff}) for staff, role in held.values_list("staff", "position__role")]


GIVEN_BY = {Assignment: _appointments, Position: _role_changes, Staff: _returns}
