"""Valid values for any register, made from what its fields are."""

from datetime import UTC, date, datetime, timedelta

from django.db import models

from backoffice.registers import catalogue, dictionaries
from backoffice.registers import fields as trade
from tests.organisation import factories as org


def sample(column, n):
    """The `n`th value of one column: different numbers give different values, where the kind allows."""
    field = column.field
    if column.field.is_relation:
        return reference(column, n)
    if column.dictionary:
        codes = [code for code, _label in dictionaries.choices(column.dictionary)] or [_entry(column.dictionary)]
        return [codes[n % len(codes)]] if column.many else codes[n % len(codes)]
    if field.choices:
        codes = [code for code, _label in field.flatchoices if code]
        return codes[n % len(codes)]
    for kind, make in _MAKERS:
        if isinstance(field, kind):
            return make(field, n)
    raise AssertionError(f"No sample for {column.name}: teach tests/registers/samples.py its kind.")


def _entry(dictionary):
    from backoffice.registers.models import DictionaryEntry

    return DictionaryEntry.objects.get_or_create(dictionary=dictionary, code="one", defaults={"label": "一"})[0].code


def reference(column, n):
    """A living record for a reference that must have one; nothing for the others."""
    if column.field.null:
        return None
    known = column.field.related_model.rows.filter(voided_at=None).order_by("pk").first()
    return known or SAMPLES[catalogue.register_of(column.field.related_model).code](n)


_MAKERS = (
    (trade.PhoneField, lambda field, n: f"1990001{n:04d}"),
    (trade.PhoneListField, lambda field, n: [f"1990002{n:04d}"]),
    (trade.IdentityNumberField, lambda field, n: _identity(n)),
    (trade.BankAccountField, lambda field, n: f"622202000000{n:06d}"),
    (trade.NameField, lambda field, n: "陈" + "予安岚屿清遥禾苗星野"[n % 10] + "木槿书砚青舟帆暮云初"[n // 10 % 10]),
    (trade.DecimalRangeField, lambda field, n: ("90.00", f"{100 + n}.00")),
    (trade.ListField, lambda field, n: [f"甲{n}", f"乙{n}"]),
    (models.BooleanField, lambda field, n: bool(n % 2)),
    (models.DateTimeField, lambda field, n: datetime(2025, 6, 1, 2, 30, tzinfo=UTC) + timedelta(days=n)),
    (models.DateField, lambda field, n: date(2025, 6, 1) + timedelta(days=n)),
    (models.DecimalField, lambda field, n: f"{n + 100}.50"),
    (models.IntegerField, lambda field, n: n % 90 + 1),
    (models.TextField, lambda field, n: f"第一行{n}\n第二行"),
    (models.CharField, lambda field, n: f"{n:04d}{field.name}"[: field.max_length]),
)


def _identity(n):
    body = f"99010119900307{n % 1000:03d}"
    return body + next(sign for sign in "0123456789X" if trade.check_digit_agrees(body + sign))


SAMPLES = {
    "site": lambda n: org.site(),
    "staff": lambda n: org.staff(),
    "department": lambda n: org.department(),
    "position": lambda n: org.position("SM"),
    "team": lambda n: org.team(),
}
