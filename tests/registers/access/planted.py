"""A record of each register in which every value that not everybody may see is known by a canary.

Personal data is masked by the product; managers, as it were, mask further fields and keep one field of each register
for the general manager alone.
"""

from dataclasses import dataclass
from decimal import Decimal

import tests.registers.test_every_register  # noqa: F401  every register has its samples then
from backoffice.registers import catalogue, changes
from backoffice.registers.access import ruling
from backoffice.registers.access.models import FieldRule
from backoffice.registers.changes import Write
from backoffice.registers.masks import fitting
from tests.organisation import factories as org
from tests.registers.suite import SUITES

N = 777
AUDIENCE = ["GM"]
HOUSEHOLD = "19900079797"


@dataclass
class Planted:
    """`canaries` holds {field: [texts]} of what is masked for everybody and of what exists for AUDIENCE alone."""

    register: object
    row: object
    canaries: dict
    hidden: set
    lines: list

    def secrets(self, viewer):
        """{field: [texts]} that may not reach `viewer`, to whom the record does not belong; those of its lines
        under `lines`."""
        column = self.register.column
        found = {
            name: texts
            for name, texts in self.canaries.items()
            if not column(name).open_to(viewer) or column(name).personal
        }
        return found | {"lines": self.lines} if self.lines else found


def plant(register):
    """One record with its canaries, changed once, so that its history has something to tell."""
    suite = SUITES[register.code]()
    row = suite.add(1, start=N)[0]
    _rules(register, row)
    lines = {part.code: [Write(values=_line(part))] for part in register.parts}
    for wish in (Write(values=_values(register, "甲"), lines=lines), Write(values=_values(register))):
        wish.row = row
        changes.apply(register, [wish], act=org.by_system("改"))
    row = register.whole(register.model.rows).get(pk=row.pk)
    columns = register.fields
    hidden = {name for name, column in columns.items() if column.audience}
    secret = [name for name, column in columns.items() if column.personal or name in hidden]
    canaries = {name: _canaries(columns[name].raw(row)) for name in secret}
    canaries = {name: texts for name, texts in canaries.items() if texts}
    return Planted(register, row, canaries, hidden, [HOUSEHOLD] if lines else [])


def _rules(register, row):
    """Masks over every text and amount that may be masked, but one text that is kept for AUDIENCE."""
    free = [
        column
        for column in register.fields.values()
        if {"seen_by", "mask"} <= ruling.offered(column) and _canaries(column.raw(row))
    ]
    for place, column in enumerate(free):
        told = {"seen_by": AUDIENCE} if place == 0 else {"mask": fitting(column.kind)[0].code}
        FieldRule.objects.create(register=register.code, field=column.name, **told)


def _texts(register):
    """The fields whose values a second and a third version change."""
    rules = set(FieldRule.objects.filter(register=register.code).values_list("field", flat=True))
    return {name: column for name, column in register.fields.items() if name in rules and column.kind == "Text"}


def _values(register, more=""):
    """Texts that no other register holds."""
    return {
        name: f"{N}{register.code}{name}{more}"[: column.field.max_length]
        for name, column in _texts(register).items()
    }


def _line(part):
    return {"name": "陈木槿", "phone": HOUSEHOLD} if "phone" in part.fields else {}


def _canaries(value):
    """The texts by which `value` is known wherever it turns up; none for one that could turn up by chance."""
    if isinstance(value, Decimal):
        return [f"{value:.2f}"[:-1]] if str(N + 100) in str(value) else []
    if isinstance(value, list | tuple):
        return [text for item in value for text in _canaries(item)]
    text = str(value or "").splitlines()[0] if value else ""
    return [text] if str(N) in text and len(text) > 4 else []


def everything():
    """[Planted] for every register there is."""
    return [plant(register) for register in catalogue.registers()]
