"""What must hold between records of the organisation. Each check judges one row or many alike.

Source: systems.md 1, "Invariants" and "States".
"""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from backoffice.registers.changes.act import Refusal

from .models import Assignment, Position, Staff, Team

FOREVER = date.max


def _living(writes):
    """(index, row) of the writes that leave a living row behind."""
    return [
        (index, write.row) for index, write in enumerate(writes) if write.row is not None and not write.row.is_void
    ]


def _parents(model, name, writes):
    """{row: its parent} of the whole table as it will stand after `writes`. New rows are nobody's parent yet."""
    parents = dict(model.rows.filter(voided_at=None).values_list("pk", name))
    parents |= {row.pk: getattr(row, f"{name}_id") for _index, row in _living(writes) if row.pk}
    return parents


def _loops(parents, start):
    seen, here = set(), start
    while here is not None and here not in seen:
        seen.add(here)
        here = parents.get(here)
    return here is not None


def no_loop(model, name):
    """A check that following `name` upward never comes back to where it began."""

    def check(register, writes):
        changed = [(index, row) for index, row in _living(writes) if row.pk and name in writes[index].values]
        if not changed:
            return []
        parents = _parents(model, name, writes)
        message = _("This would make a circle: the entry would stand above itself.")
        return [Refusal(index, name, "circle", message) for index, row in changed if _loops(parents, row.pk)]

    return check


def position_has_superior(register, writes):
    message = _("Every position but the general manager's reports to another one.")
    return [
        Refusal(index, "superior_position", "missing_required", message)
        for index, row in _living(writes)
        if row.superior_position_id is None and row.role != "GM"
    ]


def position_closed_when_empty(register, writes):
    """A position is closed, or becomes void, only when nobody holds it any more."""
    leaving = {
        write.row.pk: index
        for index, write in enumerate(writes)
        if write.row is not None
        and write.row.pk
        and (write.action == "void" or (write.row.state == Position.State.CLOSED and "state" in write.values))
    }
    held = Assignment.rows.filter(position__in=leaving, valid_to=None, voided_at=None).values_list("position")
    message = _("People still hold this position. End their assignments first.")
    return [Refusal(leaving[pk], "state", "in_use", message) for (pk,) in held.distinct()]


def assignment_is_whole(register, writes):
    """The dates are in order, a cover is limited and stands in for somebody else, the position is open."""
    for index, row in _living(writes):
        if row.pk and "staff" in writes[index].values:
            yield Refusal(index, "staff", "fixed", _("End this assignment and open another for the other person."))
        if row.valid_to and row.valid_to < row.valid_from:
            yield Refusal(index, "valid_to", "order", _("The last day lies before the first."))
        if row.is_acting != (row.acting_for_id is not None):
            yield Refusal(index, "acting_for", "cover", _("A cover, and only a cover, names whom it stands in for."))
        if row.is_acting and row.acting_for_id == row.staff_id:
            yield Refusal(index, "acting_for", "cover", _("Nobody stands in for themselves."))
        if row.is_acting and row.is_primary:
            yield Refusal(index, "is_primary", "cover", _("A cover is never the main position."))
        if row.is_acting and row.valid_to is None:
            yield Refusal(index, "valid_to", "cover", _("A cover needs a last day."))
        if "position" in writes[index].values and row.position.state != Position.State.ACTIVE:
            yield Refusal(index, "position", "not_open", _("This position is not open for assignments."))


def one_main_position(register, writes):
    """On no day does a person hold two main positions."""
    ours = [(index, row) for index, row in _living(writes) if row.is_primary]
    if not ours:
        return []
    written = [write.row.pk for write in writes if write.row is not None and write.row.pk]
    others = Assignment.rows.filter(
        is_primary=True, voided_at=None, staff__in={row.staff_id for _index, row in ours}
    ).exclude(pk__in=written)
    spans = {}
    for staff, start, end in others.values_list("staff", "valid_from", "valid_to"):
        spans.setdefault(staff, []).append((start, end or FOREVER))
    refusals = []
    message = _("On some of these days the person already holds another main position. End that one first.")
    for index, row in sorted(ours, key=lambda pair: pair[1].valid_from):
        start, end = row.valid_from, row.valid_to or FOREVER
        taken = spans.setdefault(row.staff_id, [])
        if any(start <= other_end and other_start <= end for other_start, other_end in taken):
            refusals.append(Refusal(index, "valid_from", "overlap", message))
        taken.append((start, end))
    return refusals


def staff_is_whole(register, writes):
    for index, row in _living(writes):
        if row.hire_date and row.probation_end and row.probation_end < row.hire_date:
            yield Refusal(index, "probation_end", "order", _("The end of probation lies before the first day."))
        if {"team", "site"} & set(writes[index].values) and row.team_id and row.team.site_id != row.site_id:
            yield Refusal(index, "team", "site", _("This team works at another site."))


def staff_void_when_free(register, writes):
    """A person who holds a position or leads a team cannot become void; end those first."""
    voided = {
        write.row.pk: index for index, write in enumerate(writes) if write.row is not None and write.action == "void"
    }
    if not voided:
        return []
    bound = set(Assignment.rows.filter(staff__in=voided, voided_at=None).values_list("staff", flat=True))
    bound |= set(Team.rows.filter(supervisor__in=voided, voided_at=None).values_list("supervisor", flat=True))
    message = _("This person holds a position or leads a team. End that first.")
    return [Refusal(voided[pk], None, "in_use", message) for pk in bound]


def site_void_when_empty(register, writes):
    voided = {
        write.row.pk: index for index, write in enumerate(writes) if write.row is not None and write.action == "void"
    }
    used = Staff.rows.filter(Q(site__in=voided), voided_at=None).values_list("site", flat=True).distinct()
    message = _("People work at this site. It can be closed, not made void.")
    return [Refusal(voided[pk], None, "in_use", message) for pk in used]
