"""The registers of the organisation whose records need more than valid fields."""

from datetime import date

import pytest

from backoffice.organisation.models import Staff
from backoffice.registers import catalogue
from backoffice.registers.screens.addresses import list_url, record_url
from tests.organisation import factories as org
from tests.registers.suite import RegisterSuite


class TestPositionRegister(RegisterSuite):
    code = "position"

    def values(self, n):
        return super().values(n) | {"superior_position": org.position("SM"), "role": "PC", "state": "active"}


class TestAssignmentRegister(RegisterSuite):
    code = "assignment"

    def values(self, n):
        return super().values(n) | {
            "staff": org.staff(),
            "position": org.position("PC"),
            "site": org.site(),
            "valid_to": None,
            "is_primary": True,
            "is_acting": False,
        }

    def text_change(self, row):
        return "valid_from", row.valid_from, date(2025, 1, 2)

    def given_to(self, person, row):
        return person.staff.assignments.get()

    def reaching(self, reach):
        """Whose reports hold which position is what assignments say: tests/organisation/test_line.py."""
        return super().reaching(reach) if reach == "own" else None


class TestSiteRegister(RegisterSuite):
    code = "site"
    works_at = None

    def values(self, n):
        return super().values(n) | {"area_code": "0512"}


@pytest.mark.django_db
def test_the_page_of_a_person_names_whom_they_report_to(client):
    manager = org.person("SM", name="方知行")
    team = org.team(supervisor=org.person("SS", name="柏若岚"))
    consultant = org.person("PC", team=team)
    org.sign_in(client, manager)
    assert ("直接上级", "柏若岚") in client.get(record_url(consultant.staff)).context["figures"]
    org.cover(org.person("PC", name="何小满").staff, Staff.rows.get(name="柏若岚"), "SS")
    assert ("直接上级", "何小满") in client.get(record_url(consultant.staff)).context["figures"]


@pytest.mark.django_db
def test_assignments_are_narrowed_to_one_person(client):
    one, other = org.person("PC"), org.person("PC")
    org.sign_in(client, org.person("HR", site=None))
    page = client.get(list_url(catalogue.get("assignment")), {"staff": one.staff.public_id})
    (line,) = page.context["lines"]
    shown = str(line["cells"])
    assert one.staff.name in shown and other.staff.name not in shown
