"""From state to state: which step leads where, and who may take it. Judged in the door, whoever writes."""

from django.utils.translation import gettext as _

from backoffice.registers.changes import Refusal


def may_take(move, row, viewer):
    """Whether `viewer` holds, at the site of `row`, a role that may take the step. A superuser's seat has none."""
    if viewer.everything or not move.roles:
        return True
    return any(seat.role in (*move.roles, "") and seat.site in (None, row.site_id) for seat in viewer.seats)


def open_to(register, row, viewer):
    """[(state, words on the button)] of the steps `viewer` may take with `row`."""
    plan = register.plan
    return [
        (move.target, str(move.name) or str(plan.state(move.target).name))
        for move in plan.moves
        if move.source == row.state and may_take(move, row, viewer)
    ]


def judge(register, writes, act):
    """The refusals of what the product gives itself: numbers, and states that no step leads to."""
    found = []
    for index, write in enumerate(writes):
        found += _number(index, write)
        if register.plan.states and "state" in write.values and act.channel != "undo":
            found += _state(register, index, write, act)
    return found


def _number(index, write):
    """A number is given once, by the product."""
    wished = write.values.pop("number", None)
    if not wished or (write.row is not None and wished == write.row.number):
        return []
    told = _("Numbers are given by the product. Leave it empty for a new record.")
    return [Refusal(index, "number", "given", told)]


def _state(register, index, write, act):
    plan, wished = register.plan, write.values["state"]
    if plan.state(wished) is None:
        return []
    if write.row is None:
        return _beginning(register, index, write, act)
    if wished == write.row.state:
        return []
    told = {"from": _name(plan, write.row.state), "to": _name(plan, wished)}
    move = next((move for move in plan.moves if (move.source, move.target) == (write.row.state, wished)), None)
    if move is None:
        return [_refused(index, "no_step", _("From “%(from)s” no step leads to “%(to)s”.") % told)]
    if not may_take(move, write.row, act.viewer):
        return [
            _refused(index, "not_yours", _("Your role does not take records from “%(from)s” to “%(to)s”.") % told)
        ]
    return []


def _beginning(register, index, write, act):
    """A record begins in the first state. A list from outside may hold records that went on already, as far as
    whoever imports it could have taken them there."""
    plan, wished = register.plan, write.values["state"]
    first = plan.states[0].code
    if wished == first or (act.channel == "import" and wished in _reachable(plan, write, act)):
        return []
    told = {"first": _name(plan, first), "to": _name(plan, wished)}
    return [_refused(index, "begins", _("A new record begins as “%(first)s”, not as “%(to)s”.") % told)]


def _reachable(plan, write, act):
    """The states to which the actor could take a record step by step."""
    site = write.values.get("site")
    row = _Newcomer(getattr(site, "pk", site))
    reached, before = {plan.states[0].code}, None
    while reached != before:
        before = set(reached)
        reached |= {m.target for m in plan.moves if m.source in reached and may_take(m, row, act.viewer)}
    return reached


class _Newcomer:
    """A record that is not there yet, at the site it will stand at."""

    def __init__(self, site_id):
        self.site_id = site_id


def _name(plan, code):
    state = plan.state(code)
    return str(state.name) if state else code


def _refused(index, code, message):
    return Refusal(index, "state", code, message)
