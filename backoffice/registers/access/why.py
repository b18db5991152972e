"""Why somebody sees a record, and why they see, half see or do not see each field of it: in sentences.

Says what `Scope`, `Column` and `Values` decide, and decides nothing itself: each verdict is asked of them.
"""

from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ..masks import MASKS
from ..scope import roles_of
from . import grants

SEEN, MASKED, HIDDEN = "seen", "masked", "hidden"


@dataclass(frozen=True)
class Reason:
    """`holds` says whether it opens something; `text` is the sentence."""

    holds: bool
    text: str


@dataclass(frozen=True)
class FieldVerdict:
    """What becomes of one field: `state` is SEEN, MASKED or HIDDEN; `sets` whether the person may change it."""

    name: str
    label: str
    state: str
    reason: str
    sets: bool
    sets_not_because: str


def reach(register, row, viewer):
    """(whether `viewer` sees `row`, [Reason] for each position they hold)."""
    labels = dict(roles_of(None))
    return (
        register.visible(viewer).filter(pk=row.pk).exists(),
        [_of_seat(register, row, viewer, seat, labels) for seat in viewer.seats],
    )


def _of_seat(register, row, viewer, seat, labels):
    alone = type(viewer)(user=viewer.user, seats=(seat,))
    within = register.visible(alone).filter(pk=row.pk).exists()
    reached = register.reach(seat)
    told = {
        "role": labels.get(seat.role, _("superuser")),
        "what": register.label_plural,
        "site": _site(register, seat),
    }
    if reached is None:
        return Reason(False, _("As %(role)s: this role sees no %(what)s.") % told)
    sentences = {
        ("site", True): _("As %(role)s (%(site)s): sees all %(what)s of the site."),
        ("site", False): _("As %(role)s (%(site)s): sees %(what)s of that site only, and this one stands elsewhere."),
        ("team", True): _("As %(role)s (%(site)s): the record belongs to them or to somebody who reports to them."),
        ("team", False): _("As %(role)s (%(site)s): the record belongs to nobody who reports to them there."),
        ("own", True): _("As %(role)s (%(site)s): the record is their own, or they entered it."),
        ("own", False): _("As %(role)s (%(site)s): the record belongs to somebody else, and others entered it."),
    }
    return Reason(within, sentences[reached, within] % told)


def _site(register, seat):
    column = register.own_fields.get(register.scope.site or "")
    if seat.site is None or column is None:
        return _("every site")
    site = column.field.related_model.rows.filter(pk=seat.site).first()
    return str(getattr(site, "name", "") or seat.site)


def fields(register, row, viewer):
    """[FieldVerdict] for every field of `register`, in the order of the page."""
    writes = register.changeable(viewer).filter(pk=row.pk).exists()
    columns = [column for _heading, columns in register.layout for column in columns]
    return [_verdict(register, row, viewer, column, writes) for column in columns]


def _verdict(register, row, viewer, column, writes):
    state, reason = _seen(register, row, viewer, column)
    hindrance = "" if state == HIDDEN else _not_set(register, viewer, column, writes)
    sets = state != HIDDEN and not hindrance
    return FieldVerdict(column.name, str(capfirst(column.label)), state, reason, sets, hindrance)


def _seen(register, row, viewer, column):
    labels = dict(roles_of(register))
    if not column.open_to(viewer):
        names = "、".join(str(label) for code, label in labels.items() if code in column.audience)
        return HIDDEN, _("exists for %(roles)s only") % {"roles": names}
    if not column.personal:
        return SEEN, _("not masked")
    if register.values.owns(row, viewer):
        return SEEN, _("the record is their own")
    for grant in grants.opening(register, column.name, row, viewer):
        until = formats.date_format(timezone.localtime(grant.until), "Y-m-d H:i")
        told = {"who": get_user_display_name(grant.given_by), "until": until, "reason": grant.reason}
        return SEEN, _("granted by %(who)s until %(until)s: %(reason)s") % told
    declared = bool(getattr(column.field, "mask_kind", ""))
    told = {"mask": MASKS[column.mask_kind].label}
    return MASKED, (_("personal data (%(mask)s)") if declared else _("masked by a manager (%(mask)s)")) % told


def _not_set(register, viewer, column, writes):
    """Why `viewer` cannot set `column`; empty where they can."""
    if column.computed:
        return _("follows from other fields")
    if not writes:
        return _("may not change this record")
    if column.kept_from(viewer):
        labels = dict(roles_of(register))
        names = "、".join(str(label) for code, label in labels.items() if code in column.rule.changed_by)
        return _("set by %(roles)s") % {"roles": names}
    return _("needs a right that their role lacks") if column.read_only_for(viewer) else ""
