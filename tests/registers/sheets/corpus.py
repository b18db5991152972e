"""The corpus of test lists: its expectations, what counts as known, and the layouts they are read by."""

import json
from pathlib import Path

from backoffice.assets.layouts import MATERIAL
from backoffice.customers.layouts import HEADINGS
from backoffice.deals.layouts import ORDER, RECEIPT
from backoffice.people.layouts import APPRAISAL, ATTENDANCE, TRAINING
from backoffice.reception.layouts import CALL, VISIT
from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.layout import Layout, LayoutField
from backoffice.units.layouts import UNIT

FOLDER = Path(__file__).resolve().parents[2] / "data" / "sheets"
EXPECTATIONS = json.loads((FOLDER / "expectations.json").read_text(encoding="utf-8"))
FILES = {entry["file"]: entry for entry in EXPECTATIONS["files"]}


class PlainKnown:
    """`Known` over the `known` and `site` parts of an expectations file."""

    def __init__(self, expectations: dict):
        known = expectations["known"]
        self.area_code = expectations["site"]["area_code"]
        self._choices = known["choices"]
        employees = known["employees"]
        self._people = {
            "consultants": {name: name for name in known["consultants"]},
            "employees": {person["name"]: person["name"] for person in employees},
            "cards": {person["card_number"]: person["card_number"] for person in employees},
        }

    def choices(self, dictionary):
        return self._choices.get(dictionary, {})

    def person(self, text, group):
        return self._people[group].get("".join(text.split()))


KNOWN = PlainKnown(EXPECTATIONS)

_CUSTOMER_KINDS = {
    "name": kinds.Name(related="related_persons"),
    "gender": kinds.Gender("gender"),
    "age": kinds.Integer(lowest=0, highest=120),
    "phone": kinds.Phone(further="further_phones"),
    "further_phones": kinds.PhoneList(),
    "identity_number": kinds.IdentityNumber(kind_field="identity_kind"),
    "birth_date": kinds.Day(),
    "purpose": kinds.ChoiceList("purpose"),
    "budget": kinds.AmountRange(),
    "layout_wish": kinds.ChoiceList("layout"),
    "area_wish": kinds.AreaRange(),
    "payment_way": kinds.Choice("payment_way"),
    "awareness_source": kinds.ChoiceList("awareness_source"),
    "first_contact_at": kinds.Instant(),
    "last_contact_at": kinds.Instant(),
    "owner_consultant": kinds.Person("consultants"),
    "intent_grade": kinds.Choice("intent_grade"),
    "do_not_contact": kinds.YesNo(),
    "related_persons": kinds.TextList(),
    "remark": kinds.LongText(),
}

CUSTOMER = Layout(
    code="customer",
    fields=[
        LayoutField(name, _CUSTOMER_KINDS.get(name, kinds.Text()), headings, required=name in ("name", "phone"))
        for name, headings in HEADINGS.items()
    ],
    keys=[("phone",)],
)

LAYOUTS = {
    layout.code: layout
    for layout in (CUSTOMER, VISIT, CALL, UNIT, ORDER, RECEIPT, MATERIAL, ATTENDANCE, APPRAISAL, TRAINING)
}
