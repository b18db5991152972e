"""Giving somebody a look behind masks for a time, and taking it back.

A grant is given by a manager with a reason, to somebody within their reach, never to oneself, and holds no more than
the giver could reveal. It widens no reach: the receiver sees the records, and knows of the fields, by their own
position. Source: systems.md 24; actors.md §2.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from backoffice.jobs import clock

from .. import catalogue
from ..audit.log import VIEW
from ..changes import Denied
from ..models import Access
from ..scope import viewer_of
from .models import Grant

MOST_HOURS = 30 * 24
_organisation = []


def provide_givers(may_give, colleagues):
    """The organisation hands in `may_give(viewer) -> bool`, which asks no database, and `colleagues(viewer)`, the
    accounts to which the viewer may give access."""
    _organisation[:] = [may_give, colleagues]


def may_give(viewer):
    """Whether `viewer` decides about anybody's access."""
    return not viewer.everything and _organisation[0](viewer)


def colleagues(viewer):
    """The accounts about whose access `viewer` decides; none for who decides about nobody's."""
    return _organisation[1](viewer)


def hours_offered():
    """[hours] a grant may last, the usual one among them."""
    return sorted({4, 24, 72, 168, MOST_HOURS, settings.ACCESS_GRANT_HOURS})


def fields_to_give(register, viewer):
    """{name: Column} of the masked fields that `viewer` knows of."""
    return {name: column for name, column in register.fields_for(viewer).items() if column.personal}


def sites_to_give(register, viewer):
    """{row number of a site, or None for a register without sites: its name} at which `viewer` reveals whatever is
    there, and so may open all records at once."""
    seats = [seat for seat in viewer.seats_that(register, "reveal") if register.reach(seat) == "site"]
    column = register.own_fields.get(register.scope.site or "")
    if column is None:
        return {None: _("everywhere")} if any(seat.site is None for seat in seats) else {}
    sites = column.field.related_model.rows.filter(voided_at=None)
    if not any(seat.site is None for seat in seats):
        sites = sites.filter(pk__in={seat.site for seat in seats})
    return {site.pk: column.target.name_of(site, viewer) for site in sites.order_by("pk")}


@transaction.atomic
def give(register, viewer, receiver, fields, *, hours, reason, row=None, site=None, may_export=False):
    """Opens the masked `fields` of `row`, or of every record at `site`, to `receiver` for `hours`. Returns the Grant.

    Raises Denied where `viewer` may not give this at all, ValidationError ({name: [messages]}) for what cannot be.
    """
    known = fields_to_give(register, viewer)
    if not may_give(viewer) or not known:
        raise Denied(f"{viewer.user} gives no access to {register.code}.")
    if row is not None and not register.changeable(viewer, "reveal").filter(pk=row.pk).exists():
        raise Denied(f"{viewer.user} may not reveal {row}.")
    if row is None and site not in sites_to_give(register, viewer):
        raise Denied(f"{viewer.user} may not reveal everything of {register.code} there.")
    mistakes = _mistakes(register, viewer, receiver, fields, hours, reason, row, may_export)
    if mistakes:
        raise ValidationError({name: [sentence] for name, sentence in mistakes.items()})
    since = clock.now()
    grant = Grant.objects.create(
        register=register.code,
        row=row and row.pk,
        site=site if row is None else register.site_of(row),
        fields=[name for name in known if name in fields],
        may_export=may_export,
        receiver=receiver,
        given_by=viewer.user,
        reason=reason[:200],
        since=since,
        until=since + timedelta(hours=hours),
    )
    _write_down(grant, Access.Kind.GRANT, viewer, reason)
    return grant


def _mistakes(register, viewer, receiver, fields, hours, reason, row, may_export):
    """{name: sentence} of everything that keeps a grant from being given."""
    found = {}
    if not reason:
        found["reason"] = _("Please give a reason.")
    if not fields or set(fields) - set(fields_to_give(register, viewer)):
        found["fields"] = _("Please choose among the masked fields that you know of.")
    if not 0 < hours <= MOST_HOURS:
        found["hours"] = _("Access is given for 30 days at most.")
    if may_export and not register.may(viewer, "export"):
        found["may_export"] = _("You may not export these records yourself.")
    if receiver is None or not colleagues(viewer).filter(pk=receiver.pk).exists():
        found["receiver"] = _("Please choose somebody about whose access you decide.")
        return found
    if receiver.pk == viewer.user.pk:
        found["receiver"] = _("Nobody gives access to themselves.")
        return found
    theirs = viewer_of(type(receiver).objects.get(pk=receiver.pk))
    if not register.seen_by(theirs) or (row is not None and not register.visible(theirs).filter(pk=row.pk).exists()):
        found["receiver"] = _(
            "This person does not reach the record. A grant shows more of a record, not more records."
        )
    elif "fields" not in found and set(fields) - set(register.fields_for(theirs)):
        found["fields"] = _("One of these fields does not exist for this person's role.")
    return found


def may_revoke(grant, viewer):
    """Whoever gave it, and whoever decides about the receiver's access, takes it back."""
    if viewer.everything or grant.revoked_at is not None:
        return False
    if grant.given_by_id == viewer.user.pk:
        return True
    return may_give(viewer) and colleagues(viewer).filter(pk=grant.receiver_id).exists()


@transaction.atomic
def revoke(grant, viewer, reason):
    """Ends `grant` at once. Raises Denied."""
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if not may_revoke(grant, viewer):
        raise Denied(f"{viewer.user} may not revoke {grant}.")
    grant.revoked_at, grant.revoked_by = clock.now(), viewer.user
    grant.save(update_fields=["revoked_at", "revoked_by"])
    _write_down(grant, Access.Kind.REVOKE, viewer, reason)
    return grant


def _write_down(grant, kind, viewer, reason):
    """The entry in the audit log: to whom, until when, and why."""
    until = formats.date_format(timezone.localtime(grant.until), "Y-m-d H:i")
    told = f"{get_user_display_name(grant.receiver)} → {until}: {reason}"
    Access.objects.create(
        kind=kind,
        actor=viewer.user,
        register=grant.register,
        row=grant.row,
        fields=grant.fields,
        reason=told[:200],
        rows=1 if grant.row else 0,
    )


def readable(viewer):
    """The grants `viewer` may know of: given or received by them, to people about whom they decide, and for readers
    of the audit log those at their sites."""
    wanted = Q(receiver=viewer.user.pk) | Q(given_by=viewer.user.pk)
    if may_give(viewer):
        wanted |= Q(receiver__in=colleagues(viewer).values("pk"))
    reading = {seat.site for seat in viewer.seats if VIEW in seat.permissions}
    if None in reading:
        return Grant.objects.all()
    return Grant.objects.filter(wanted | Q(site__in=reading))


def names_of_fields(grant, viewer):
    """[label] of the fields a grant opens, as far as they exist for `viewer`."""
    try:
        known = catalogue.get(grant.register).fields_for(viewer)
    except KeyError:
        return []
    return [str(capfirst(known[name].label)) for name in grant.fields if name in known]
