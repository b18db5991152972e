"""The registers of projects, buildings and units. Source: systems.md 25."""

from django.utils.translation import gettext_lazy as _

from backoffice.registers.register import Register

from . import checks, completions, naming
from .layouts import UNIT
from .models import Building, Project, Unit


class ProjectRegister(Register):
    model = Project
    systems = ["unit-inventory"]
    menu, icon, order = "units", "globe", 30
    key = ["name"]
    title, open_title = "name", True
    columns = ["name", "developer", "location", "floor_area", "plot_ratio", "handover_on"]
    search = ["name", "developer", "location"]
    totals = []
    sections = {
        _("Project"): ["name", "developer", "property_company", "location"],
        _("Figures"): ["land_area", "floor_area", "plot_ratio", "parking_spaces", "property_fee", "handover_on"],
        _("Remark"): ["remark"],
    }
    checks = [checks.buildings_leave_first]


class BuildingRegister(Register):
    model = Building
    systems = ["unit-inventory"]
    menu, icon, order = "units", "table", 20
    key = ["code"]
    title, open_title = "code", True
    columns = ["code", "name", "project", "phase", "floors", "entrances", "presale_permit_no", "permit_on"]
    filters = ["project"]
    search = ["name", "presale_permit_no"]
    ordering = ("id",)
    sections = {
        _("Building"): ["code", "name", "project", "phase", "floors", "entrances"],
        _("Presale permit"): ["presale_permit_no", "permit_on"],
        _("Remark"): ["remark"],
    }
    checks = [checks.same_site("project"), checks.units_leave_first]


class UnitRegister(Register):
    model = Unit
    systems = ["unit-inventory"]
    menu, icon, order = "units", "home", 10
    key = ["unit_code"]
    title, open_title = "unit_code", True
    columns = [
        "unit_code",
        "building",
        "floor",
        "layout",
        "gross_area",
        "inner_area",
        "orientation",
        "usage",
        "state",
    ]
    filters = ["state", "building", "usage", "orientation", "gross_area"]
    search = ["unit_code", "layout", "presale_permit_no"]
    ordering = ("id",)
    sections = {
        _("Unit"): ["unit_code", "building", "entrance", "floor", "room"],
        _("Kind and layout"): ["usage", "layout", "orientation"],
        _("Areas"): ["gross_area", "inner_area", "shared_area", "forecast_area", "measured_area"],
        _("Sale"): ["state", "presale_permit_no"],
        _("Remark"): ["remark"],
    }
    sheet = UNIT
    brings = staticmethod(naming.unknown)
    restricted = {"state": "approve"}
    completions = [completions.code_and_parts, completions.begins_unreleased]
    checks = [
        checks.areas_agree,
        checks.permit_before_sale,
        checks.same_site("building"),
        checks.free_before_void,
    ]
