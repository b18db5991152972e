"""Definitions in words: what a release changes, and what was changed before."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.utils import get_user_display_name

from .. import catalogue
from ..scope import roles_of
from . import operations
from .models import DictionaryChange, FieldDefinition, Kind
from .options import entries

# Attributes in the order in which people read them.
TOLD = (
    "kind", "label", "label_en", "help_text", "help_text_en", "section", "target", "gives", "expression",
    "default", "required", "unique", "searched", "audience",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One attribute before and after, in the shape of the engine's differences."""

    label: str
    old: str
    new: str
    hidden: bool = False


@dataclass(frozen=True)
class Deed:
    """Something done to a definition or its options."""

    at: object
    who: str
    what: str
    reason: str
    steps: list


def attribute(register, name, value):
    """The value of one attribute of a definition as a person reads it."""
    if name == operations.OPTIONS:
        return "\n".join(_option(*row) for row in value)
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in ("kind", "gives"):
        return str(Kind(value).label)
    if name == "audience":
        return "、".join(str(label) for code, label in roles_of(register) if code in value)
    if name == "target":
        return str(capfirst(catalogue.get(value).label_plural))
    if name == "expression":
        for key, column in register.fields.items():
            value = value.replace(f"{{{key}}}", f"{{{column.label}}}")
    return str(value)


def _option(code, label, english, retired):
    text = f"{label} · {english}" if english else label
    return _("%(option)s (retired)") % {"option": text} if retired else text


def _label(name):
    if name == operations.OPTIONS:
        return str(_("Options"))
    return str(capfirst(FieldDefinition._meta.get_field(name).verbose_name))


def whole(register, definition):
    """[Step] of everything a new field comes with."""
    steps = [Step(_label(name), "", attribute(register, name, getattr(definition, name))) for name in TOLD]
    rows = operations.option_rows(definition)
    if rows:
        steps.append(Step(_label(operations.OPTIONS), "", attribute(register, operations.OPTIONS, rows)))
    return [step for step in steps if step.new and step.new != _("no")]


def prepared(register, definition):
    """[Step] of what the next release changes."""
    if definition.released_at is None:
        return whole(register, definition)
    found = []
    for name in (*TOLD, operations.OPTIONS):
        if name in definition.draft:
            options = name == operations.OPTIONS
            now = operations.option_rows(definition) if options else getattr(definition, name)
            old, new = (attribute(register, name, value) for value in (now, definition.draft[name]))
            found.append(Step(_label(name), old, new))
    return found


def consequences(register, definition):
    """[sentence] about what the release means for the records that are there."""
    living = register.model.rows.filter(voided_at=None)
    count = living.count()
    wanted = definition.draft.get("required", definition.required)
    told = []
    if definition.released_at is None and definition.kind != Kind.COMPUTED:
        told.append(_("%(count)d records are there already; the field is empty in them.") % {"count": count})
    if wanted and not (definition.released_at and definition.required):
        told.append(_("Whoever edits one of them next has to fill it in."))
    if definition.kind == Kind.COMPUTED and (definition.released_at is None or "expression" in definition.draft):
        told.append(_("The formula is worked out for %(count)d records in the background.") % {"count": count})
    if "audience" in definition.draft or (definition.released_at is None and definition.audience):
        roles = definition.draft.get("audience", definition.audience)
        who = attribute(register, "audience", roles) or _("everybody who sees the record")
        told.append(_("Seen by: %(roles)s.") % {"roles": who})
    if "searched" in definition.draft:
        told.append(_("The search learns of it in the background."))
    return told


def deeds(register, definition, limit=100):
    """[Deed] of a definition and of its options, newest first."""
    states = list(definition.history.select_related("history_user__wagtail_userprofile")[: limit + 1])
    found = [
        _deed(register, before, after)
        for after, before in zip(states, [*states[1:], None], strict=True)
        if before is not None or len(states) <= limit
    ]
    changes = DictionaryChange.objects.filter(dictionary=definition.dictionary)
    found += [
        Deed(c.at, get_user_display_name(c.actor), _("Options changed"), c.reason, option_steps(c))
        for c in changes.select_related("actor__wagtail_userprofile")[:limit]
    ]
    return sorted(found, key=lambda deed: deed.at, reverse=True)


def _deed(register, before, after):
    who = get_user_display_name(after.history_user) if after.history_user else ""
    steps = [
        Step(_label(name), attribute(register, name, old), attribute(register, name, new))
        for name in TOLD
        if (old := before and getattr(before, name)) != (new := getattr(after, name)) and (before or new)
    ]
    return Deed(after.history_date, who, _what(before, after), after.history_change_reason or "", steps)


def _what(before, after):
    if before is None:
        return _("Drafted")
    if before.released_at != after.released_at:
        return _("Released")
    if before.archived_at != after.archived_at:
        return _("Archived") if after.archived_at else _("Brought back")
    return _("Prepared") if before.draft != after.draft or after.released_at is None else _("Order changed")


_OPTION_LABELS = {
    "label": gettext_lazy("name in Chinese"),
    "label_en": gettext_lazy("name in English"),
    "aliases": gettext_lazy("other words"),
    "position": gettext_lazy("place"),
    "retired": gettext_lazy("retired"),
}


def option_steps(change):
    """[Step] of a change of a dictionary."""
    names = {entry.code: entry.label for entry in entries(change.dictionary)}
    found = []
    for code, written in change.after.items():
        old = change.before[code]
        for name, value in written.items():
            if name in ("aliases", "label_en") and old is None and not value:
                continue
            if old is None and name in ("position", "retired"):
                continue
            label = f"{names.get(code, code)} · {_OPTION_LABELS[name]}"
            found.append(Step(label, _plain((old or {}).get(name)), _plain(value)))
    return found


def _plain(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)
