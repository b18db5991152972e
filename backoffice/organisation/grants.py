"""Nobody gives out the power to give out more than they hold.

Rights come from positions, so giving somebody a position, or a position another role, gives rights. The rule:

1. Whoever opens, changes or restores an assignment, or sets the role of a position, must hold `g` on
   `organisation-positions` (the people and administration supervisor). Voiding an assignment, or letting it end
   earlier, takes rights away; it needs the verb of the register and nothing more.
2. The role in question may hold no letter on `organisation-positions` or `audit-backup` that the actor does not
   hold there. So a people supervisor appoints consultants and managers, but neither a general manager nor a
   system administrator; those are appointed by a superuser or from the command line.
3. Nobody does any of this for themselves, or to a position they hold.

Rights on other systems are given with a position though the people supervisor does not hold them: a sales manager
approves prices, whoever appoints one does not. What is guarded is the way to more rights, and every appointment is in
the history, with who made it and why. The guide for administrators says so.

Taking somebody back who had left gives them their positions again, so it counts as an appointment.

It is a policy of the door, so that form, import, API and undo all meet it. Source: actors.md 2.
"""

from datetime import date

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


def _as_stored(model, writes):
    """{row number: the row as it stands in the table, locked}: what a writer holds may be older."""
    keys = [write.row.pk for write in writes if write.row is not None]
    return model.rows.select_for_update().in_bulk(keys)


def _appointments(writes):
    """[(index, role, {persons})] of the assignments that give something: the role given, the persons concerned."""
    stored = _as_stored(Assignment, writes)
    numbers = {_number(write.values.get("position")) for write in writes}
    numbers |= {row.position_id for row in stored.values()}
    roles = dict(Position.rows.filter(pk__in=numbers - {None}).values_list("pk", "role"))
    found = []
    for index, write in enumerate(writes):
        before = stored.get(write.row.pk) if write.row is not None else None
        if _only_takes(write, before):
            continue
        persons = {_number(write.values.get("staff")), before and before.staff_id} - {None}
        position = _number(write.values.get("position")) or (before and before.position_id)
        found.append((index, roles.get(position), persons))
    return found


def _only_takes(write, before):
    """Whether the write voids an assignment, or lets it end earlier and changes nothing else."""
    if write.action == "void":
        return True
    if before is None or write.action != "save":
        return False
    changed = {
        name
        for name, value in write.values.items()
        if _number(value) != getattr(before, Assignment._meta.get_field(name).attname)
    }
    last_day = write.values.get("valid_to")
    if changed != {"valid_to"} or not isinstance(last_day, date):
        return not changed
    return before.valid_to is None or last_day <= before.valid_to


def _role_changes(writes):
    """[(index, role, {holders})] of every position whose role is set or changed."""
    stored = _as_stored(Position, writes)
    holders = {}
    held = Assignment.rows.filter(position__in=stored, voided_at=None)
    for position, staff in held.values_list("position", "staff"):
        holders.setdefault(position, set()).add(staff)
    found = []
    for index, write in enumerate(writes):
        before = stored.get(write.row.pk) if write.row is not None else None
        role = write.values.get("role", before and before.role)
        if before is None or role != before.role:
            found.append((index, role, holders.get(before.pk, set()) if before else set()))
    return found


def _returns(writes):
    """[(index, role, {person})] of everybody who had left and comes back, for each position still theirs."""
    gone = {pk for pk, row in _as_stored(Staff, writes).items() if row.status == Staff.Status.LEFT}
    back = {
        write.row.pk: index
        for index, write in enumerate(writes)
        if write.row is not None and write.row.pk in gone and write.values.get("status", "left") != Staff.Status.LEFT
    }
    held = Assignment.rows.filter(staff__in=back, voided_at=None).exclude(valid_to__lt=clock.today())
    return [(back[staff], role, {staff}) for staff, role in held.values_list("staff", "position__role")]


GIVEN_BY = {Assignment: _appointments, Position: _role_changes, Staff: _returns}
