"""What a declaration amounts to, as plain data: for the `registers` command and the documentation page."""

import inspect

from django.utils import translation

from . import catalogue
from .access.rules import as_declared


def in_languages(text):
    """{"zh": …, "en": …} of a translatable text."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[key] = str(text)
    return found


def describe(register):
    """One register: what it is called, serves, holds, hides, and how long its declaration is."""
    return {
        "name": register.code,
        "labels": in_languages(register.label_plural),
        "model": register.options.label,
        "systems": list(register.systems),
        **_held(register),
        "parts": [
            {"name": part.code, "labels": in_languages(part.label_plural), "model": part.options.label, **_held(part)}
            for part in register.parts
        ],
        "scope": {"own": register.scope.own, "site": register.scope.site},
        "transitions": transitions(register),
        "lines": len(inspect.getsource(register.declaration).splitlines()),
    }


def _held(keeper):
    """What a register, or a part of one, holds and hides."""
    return {
        "fields": [
            {
                "name": column.name,
                "labels": in_languages(column.label),
                "kind": column.kind,
                "required": column.required,
                "dictionary": column.dictionary,
                "refers_to": column.target.code if column.target else None,
            }
            for column in keeper.own_fields.values()
        ],
        "keys": [list(keeper.key)] if keeper.key else [],
        "masks": [column.name for column in keeper.own_fields.values() if column.personal],
    }


def transitions(register):
    """Which state may follow: no declaration narrows that, so any state may follow any other.

    `verb` is what one needs to be allowed to set it. Empty for records that have no state.
    """
    column = register.state_column
    if column is None:
        return []
    verb = register.restricted.get(column.name, "change")
    return [
        {"field": column.name, "from": "any", "to": value, "verb": verb} for value, _label in column.field.flatchoices
    ]


def told(entry):
    """The states of a described register in one sentence."""
    steps = entry["transitions"]
    if not steps:
        return "none declared"
    states = ", ".join(step["to"] for step in steps)
    return f"{steps[0]['field']}: {states} (any after any other, by whoever may {steps[0]['verb']})"


def describe_all():
    """The registers that stand in the code; those that people make are different in every installation."""
    with as_declared():
        return [describe(register) for register in catalogue.declared()]


def as_markdown(described):
    """The documentation page of all registers."""
    parts = [
        "# Registers",
        "",
        "Generated from the declarations by `manage.py registers --markdown`; `make check` compares it.",
    ]
    for entry in described:
        parts += [
            "",
            f"## {entry['labels']['zh']} · {entry['labels']['en']} · `{entry['name']}`",
            "",
            f"Model `{entry['model']}`; systems {', '.join(entry['systems']) or '—'}; "
            f"declared in {entry['lines']} lines. "
            f"Key: {', '.join(' + '.join(key) for key in entry['keys']) or '—'}. "
            f"Masked: {', '.join(entry['masks']) or '—'}. "
            f"Own: {entry['scope']['own'] or 'created by'}; site: {entry['scope']['site'] or '—'}. "
            f"States: {told(entry)}.",
            *_table(entry["fields"]),
        ]
        for part in entry["parts"]:
            parts += [
                "",
                f"### {part['labels']['zh']} · {part['labels']['en']} · `{part['name']}`",
                "",
                f"Lines of each record, model `{part['model']}`. "
                f"Key in the record: {', '.join(' + '.join(key) for key in part['keys']) or '—'}. "
                f"Masked: {', '.join(part['masks']) or '—'}.",
                *_table(part["fields"]),
            ]
    return "\n".join(parts) + "\n"


def _table(fields):
    lines = ["", "| Field | 中文 | English | Kind | Required |", "|---|---|---|---|---|"]
    for field in fields:
        more = field["dictionary"] or field["refers_to"]
        kind = f"{field['kind']} ({more})" if more else field["kind"]
        required = "yes" if field["required"] else ""
        lines.append(
            f"| `{field['name']}` | {field['labels']['zh']} | {field['labels']['en']} | {kind} | {required} |"
        )
    return lines
