"""The `site` and `known` parts of an expectations file, as records and dictionary entries."""

import re

from pypinyin import lazy_pinyin

from backoffice.organisation.models import Staff, Team
from backoffice.registers import catalogue
from backoffice.registers.changes import Write, apply
from backoffice.registers.models import DictionaryEntry
from tests.organisation import factories

CONSULTANT, OTHERS = "PC", "BO"


def load(expectations):
    """Loads both parts; what is there under the same name already is brought in line. Returns the site."""
    load_choices(expectations["known"]["choices"])
    site = load_site(expectations["site"])
    load_people(expectations["known"], site)
    return site


def code_for(label):
    """A stable code: Latin words as they are, Chinese ones by their sound."""
    return re.sub(r"[^a-z0-9]+", "_", "_".join(lazy_pinyin(label)).lower()).strip("_")[:40] or "value"


def load_choices(choices):
    """Makes each dictionary hold exactly the values given, each under exactly its own words."""
    for dictionary, values in choices.items():
        entries = {entry.label: entry for entry in DictionaryEntry.objects.filter(dictionary=dictionary)}
        for position, (label, words) in enumerate(values.items()):
            entry = entries.pop(label, None) or DictionaryEntry(
                dictionary=dictionary, code=code_for(label), label=label
            )
            entry.aliases = [word for word in words if word != label]
            entry.position, entry.retired = position, False
            entry.save()
        for entry in entries.values():
            entry.retired = True
            entry.save()


def load_site(described):
    code = "".join(word[0] for word in lazy_pinyin(described["project"])).upper()[:20]
    name = described["project"]
    return factories.site(code, name=name, project=name, area_code=described.get("area_code", ""))


def load_people(known, site):
    """Staff with number, card and team; consultants hold a consultant's position, the others a clerk's."""
    employees = {person["name"]: person for person in known["employees"]}
    for number, name in enumerate(known["consultants"], 1):
        employees.setdefault(name, {"name": name, "employee_number": f"C{number:03d}"})
    there = set(Staff.rows.filter(site=site, voided_at=None).values_list("number", flat=True))
    people = [
        Write(
            values={
                "site": site,
                "name": person["name"],
                "number": person["employee_number"],
                "card_number": person.get("card_number", ""),
                "team": load_team(person.get("team"), site),
            }
        )
        for person in employees.values()
        if person["employee_number"] not in there
    ]
    roles = [CONSULTANT if write.values["name"] in known["consultants"] else OTHERS for write in people]
    apply(catalogue.get("staff"), people, act=factories.by_system())
    seats = [
        Write(
            values={
                "staff": write.row,
                "position": factories.position(role),
                "site": site,
                "valid_from": factories.LONG_AGO,
            }
        )
        for write, role in zip(people, roles, strict=True)
    ]
    apply(catalogue.get("assignment"), seats, act=factories.by_system())


def load_team(name, site):
    if not name:
        return None
    found = Team.rows.filter(site=site, name=name, voided_at=None).first()
    return found or factories.team(name, site=site)
