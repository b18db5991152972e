"""The registers of the organisation. Source: systems.md 1."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.registers.register import Register
from backoffice.registers.scope import Scope

from . import checks
from .accounts.operations import administers, withdraw_links
from .authority import keep_accounts
from .line import superiors_of
from .models import Assignment, Department, Position, SalesSite, Staff, Team


def rights_changed(staff):
    """After the positions of `staff` (row numbers) were written: their groups, and the links to their accounts."""
    keep_accounts(staff)
    withdraw_links(staff)


class EverybodyReads(Scope):
    """The structure of the company is no secret: whoever sees a part of it sees all of it at their site."""

    def _within(self, seat, reach, viewer):
        return super()._within(seat, "site", viewer)


class SiteRegister(Register):
    model = SalesSite
    code = "site"
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "site", 10
    key = ["code"]
    title, open_title = "name", True
    columns = ["code", "name", "project", "area_code", "is_open"]
    filters = ["is_open"]
    search = ["name", "project"]
    scope = EverybodyReads(site="pk")
    checks = [checks.site_void_when_empty]


class DepartmentRegister(Register):
    model = Department
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "folder-open-inverse", 20
    key = ["code"]
    title, open_title = "name", True
    columns = ["code", "name", "parent", "site"]
    search = ["name"]
    scope = EverybodyReads(site=None)
    checks = [checks.no_loop(Department, "parent")]


class PositionRegister(Register):
    model = Position
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "tasks", 30
    key = ["code"]
    title, open_title = "name", True
    columns = ["code", "name", "department", "role", "superior_position", "headcount_plan", "state"]
    filters = ["department", "role", "state"]
    search = ["name"]
    sections = {
        _("Position"): ["code", "name", "department", "grade", "headcount_plan", "needs_floor_certificate"],
        _("Rights and reporting line"): ["role", "superior_position", "state"],
        _("Duties and powers"): ["duties", "powers"],
    }
    scope = EverybodyReads(site=None)
    restricted = {"role": "configure", "superior_position": "configure"}
    checks = [
        checks.position_has_superior,
        checks.no_loop(Position, "superior_position"),
        checks.position_closed_when_empty,
    ]

    def after_write(self, rows):
        rights_changed(set(Assignment.rows.filter(position__in=rows).values_list("staff", flat=True)))


class TeamRegister(Register):
    model = Team
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "group", 40
    key = ["name"]
    title, open_title = "name", True
    columns = ["name", "supervisor", "agency", "site"]
    filters = ["supervisor"]
    search = ["name", "agency"]
    sections = {_("Team"): ["name", "site", "supervisor", "agency"]}
    scope = EverybodyReads()


class StaffRegister(Register):
    model = Staff
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "user", 50
    key = ["number"]
    title, open_title = "name", True
    columns = ["number", "name", "phone", "team", "employment_type", "status", "hire_date"]
    filters = ["team", "employment_type", "status", "hire_date"]
    search = ["name", "number", "phone", "identity_number"]
    sections = {
        _("Person"): ["number", "name", "gender", "phone", "identity_number"],
        _("Employment"): ["site", "team", "employment_type", "status", "hire_date", "probation_end", "card_number"],
    }
    scope = Scope(own="pk")
    checks = [checks.staff_is_whole, checks.staff_void_when_free]

    def derived_figures(self, row, viewer, moment=None):
        day = timezone.localtime(moment).date() if moment else None
        return [(_("Line manager"), self.name_of(above, viewer)) for above in superiors_of(row, day)[:1]]

    def actions(self, row, viewer):
        looked_after = not row.is_void and administers(viewer)
        return [(_("Account"), reverse("account", args=[row.public_id]), "key")] if looked_after else []

    def after_write(self, rows):
        rights_changed({row.pk for row in rows})


class AssignmentRegister(Register):
    model = Assignment
    systems = ["organisation-positions"]
    menu, icon, order = "organisation", "date", 60
    key = ["staff", "position", "valid_from"]
    title = "staff"
    columns = ["staff", "position", "site", "valid_from", "valid_to", "is_primary", "acting_for"]
    filters = ["staff", "position", "valid_from", "valid_to", "is_primary", "is_acting"]
    sections = {
        _("Assignment"): ["staff", "position", "site", "valid_from", "valid_to", "is_primary"],
        _("Acting cover"): ["is_acting", "acting_for"],
    }
    scope = Scope(own="staff")
    checks = [checks.assignment_is_whole, checks.one_main_position]

    def after_write(self, rows):
        rights_changed({row.staff_id for row in rows})
