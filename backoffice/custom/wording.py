"""Plans in the words of whoever made them: what a release brings, and what changed between two versions."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.organisation.roles import Role, read_cell
from backoffice.registers.definitions.models import Kind
from backoffice.registers.screens.menus import MENUS

from .models import Entry
from .plans import OPTIONAL, Plan

# How far a role sees, and what it may do, by the letters of the permission matrix.
REACH = {
    "": gettext_lazy("nothing"),
    "O": gettext_lazy("own ones"),
    "T": gettext_lazy("the team's"),
    "A": gettext_lazy("all of the site"),
}
LETTERS = {
    "c": gettext_lazy("add"),
    "e": gettext_lazy("edit"),
    "a": gettext_lazy("void records"),
    "x": gettext_lazy("export"),
    "g": gettext_lazy("in charge: fields, import, void"),
}


@dataclass(frozen=True)
class Step:
    """One line of a comparison: what it is called, how it was, how it will be."""

    label: str
    old: str
    new: str
    hidden: bool = False


def columns(plan):
    """[(heading, kind)] of the list as it will be."""
    found = [(_("number"), ""), (str(plan.title), Kind.TEXT.label)]
    if plan.states:
        found.append((_("state"), str(plan.states[0].name)))
    kinds = {"owner": Kind.STAFF.label, "day": Kind.DAY.label, "amount": Kind.AMOUNT.label}
    found += [(str(plan.uses[name]), kinds[name]) for name in OPTIONAL if name in plan.uses]
    return found + [(one["label"], Kind(one["kind"]).label) for one in plan.fields if one.get("listed")]


def told(plan):
    """[(what, in words)] of everything a plan says."""
    seen_above = (_("columns"), _("sign"), _("numbers"))
    return [(capfirst(label), text) for label, text in _parts(plan).items() if text and label not in seen_above]


def differences(old, new):
    """[Step] of what a release changes."""
    before, after = _parts(old), _parts(new)
    return [Step(capfirst(label), before[label], after[label]) for label in after if before[label] != after[label]]


def between(before, after):
    """[Step] of what one version of a definition changed against the one before."""
    if before is None:
        return []
    old, new = (state.draft or state.plan for state in (before, after))
    return differences(Plan.read(old), Plan.read(new)) if old and new else []


def what(before, after):
    """What happened between two versions of a definition; nothing for what only goes with a release."""
    if before is None:
        return _("Drafted")
    if before.closed_at != after.closed_at:
        return _("Closed") if after.closed_at else _("Opened again")
    if before.released_at != after.released_at:
        # The first release writes once more when its fields have their keys.
        return "" if before.released_at and not before.draft else _("Released")
    return _("Prepared")


def _parts(plan):
    return {
        _("name"): " · ".join(filter(None, [plan.label, plan.label_en])),
        _("group of the menu"): str(MENUS[plan.menu][0]) if plan.menu in MENUS else plan.menu,
        _("sign"): plan.icon,
        _("numbers"): plan.pattern().format(code="A", year=2026, n=1, width=plan.width),
        _("columns"): "、".join(heading for heading, _kind in columns(plan)),
        _("further fields"): "、".join(map(_field, plan.fields)),
        _("states"): " → ".join(str(state.name) for state in plan.states),
        _("steps"): "；".join(_step(plan, move) for move in plan.moves),
        _("heading of the form"): plan.section,
        _("where records stand"): _("each record at a sales site")
        if plan.at_site
        else _("one register for all sites"),
        _("import recognises a record by"): "、".join(_column(plan, name) for name in plan.key),
        _("order of the list"): _("newest first") if plan.newest_first else _("oldest first"),
        _("rights"): "；".join(_right(role, plan.rights[role]) for role in Role.values if role in plan.rights),
    }


def _field(one):
    kind = Kind(one["kind"]).label
    return f"{one['label']} ({kind}{_(', required') if one.get('required') else ''})"


def _column(plan, name):
    if name == "title":
        return str(plan.title)
    return str(plan.uses.get(name) or Entry._meta.get_field(name).verbose_name)


def _step(plan, move):
    source, target = (str(plan.state(code).name) for code in (move.source, move.target))
    who = "、".join(str(Role(role).label) for role in move.roles) or _("everybody who may edit")
    return f"{source} → {target} ({who})"


def _right(role, text):
    cell = read_cell(text)
    words = [str(REACH[cell.view]), *(str(LETTERS[letter]) for letter in "ceaxg" if letter in cell.letters)]
    return f"{Role(role).label}: {'、'.join(words)}"
