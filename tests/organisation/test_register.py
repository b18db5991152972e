"""The registers of the organisation whose records need more than valid fields."""

from datetime import date

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


class TestSiteRegister(RegisterSuite):
    code = "site"
    works_at = None

    def values(self, n):
        return super().values(n) | {"area_code": "0512"}
