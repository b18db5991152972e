"""What a unit's code and its parts say about each other, and how a unit begins.

A unit is called by building, entrance and room. People write either the code or the parts; whichever was written,
the other follows, and both written at once must agree. Source: systems.md 25, spreadsheets.md L-03.
"""

from django.utils.translation import gettext as _

from backoffice.registers.changes import Refusal

from .models import SalesState, Unit
from .naming import Buildings

PARTS = ("building", "entrance", "room")


def code_and_parts(register, writes, act):
    """Fills in building, entrance and room from the code, or the code from them."""
    named = [
        (index, write)
        for index, write in enumerate(writes)
        if write.action == "save" and (write.row is None or {"unit_code", *PARTS} & set(write.values))
    ]
    buildings = Buildings([write for _index, write in named])
    refusals = []
    for index, write in named:
        code = _stated(write, "unit_code")
        refusals += _from_code(index, write, code, buildings) if code else _from_parts(index, write, buildings)
    return refusals + (buildings.resolve(act) if named else [])


def _stated(write, name):
    """What the write says about a code or a part of it, in the form in which it is kept; "" for nothing."""
    return Unit._meta.get_field(name).to_python(write.values.get(name)) or ""


def _from_parts(index, write, buildings):
    segments = [buildings.code_of(write)]
    for name in PARTS[1:]:
        kept = getattr(write.row, name) if write.row is not None and name not in write.values else ""
        segments.append(_stated(write, name) or kept)
    if not all(segments):
        message = _("Please give the unit code, or building, entrance and room.")
        return [Refusal(index, "unit_code", "missing_required", message)]
    write.values["unit_code"] = "-".join(segments)
    return []


def _from_code(index, write, code, buildings):
    segments = code.split("-")
    if len(segments) != len(PARTS):
        return []  # What is wrong with the code is said by its field.
    written = [buildings.stated_code(write), *(_stated(write, name) for name in PARTS[1:])]
    message = _("The unit code %(code)s says something else.") % {"code": code}
    wrong = [
        Refusal(index, name, "contradiction", message)
        for name, part, segment in zip(PARTS, written, segments, strict=True)
        if part and part != segment
    ]
    if not wrong:
        write.values |= {"entrance": segments[1], "room": segments[2]}
        buildings.put(index, write, segments[0])
    return wrong


def begins_unreleased(register, writes, act):
    """Only those who decide the sales state may enter a unit that is already further on."""
    if register.may(act.viewer, register.restricted["state"]):
        return []
    message = _("A new unit is not yet released. Its state is changed by those who decide it.")
    return [
        Refusal(index, "state", "not_allowed", message)
        for index, write in enumerate(writes)
        if write.row is None and write.values.get("state") not in (None, "", SalesState.REGISTERED)
    ]
