"""What every register can do, with values that belong together: a unit stands in the building its code names."""

from tests.registers.suite import RegisterSuite

from . import factories as make


class TestProjectRegister(RegisterSuite):
    code = "project"
    voids = "a"


class TestBuildingRegister(RegisterSuite):
    code = "building"
    voids = "a"

    def values(self, n):
        return super().values(n) | {"code": f"{n + 1}"}


class TestUnitRegister(RegisterSuite):
    code = "unit"
    voids = "a"

    def values(self, n):
        building = make.building("7")
        room = f"{n // 4 + 1}0{n % 4 + 1}"
        return super().values(n) | {
            "building": building,
            "entrance": "2",
            "room": room,
            "unit_code": f"7-2-{room}",
            "gross_area": "128.00",
            "inner_area": "101.12",
            "shared_area": "26.88",
            "state": "registered",
        }
