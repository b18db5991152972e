"""The customer register. Source: systems.md 18."""

from django.utils.translation import gettext_lazy as _

from backoffice.registers.parts import Part
from backoffice.registers.register import Register
from backoffice.registers.scope import Scope

from .layouts import CELLS, HEADINGS
from .models import Customer, HouseholdMember


class HouseholdLines(Part):
    model, of = HouseholdMember, "customer"
    key = ["name"]
    columns = ["name", "relation", "phone", "age", "decides", "remark"]


class CustomerRegister(Register):
    model = Customer
    systems = ["customer-profile"]
    menu, icon = "customers", "group"
    key = ["phone"]
    title = "name"
    columns = ["name", "phone", "intent_grade", "owner_consultant", "awareness_source", "first_contact_at"]
    filters = ["intent_grade", "owner_consultant", "awareness_source", "purpose", "first_contact_at"]
    search = ["name", "phone", "further_phones", "identity_number", "file_number"]
    sections = {
        _("Contact"): ["file_number", "name", "phone", "further_phones", "gender", "age", "do_not_contact"],
        _("Ownership and intent"): ["owner_consultant", "intent_grade", "awareness_source", "first_contact_at"],
        _("What they look for"): ["purpose", "budget", "layout_wish", "area_wish"],
        _("Identity and household"): ["identity_kind", "identity_number", "related_persons", "home_address"],
        _("Life and work"): ["occupation", "workplace", "district"],
        _("Remark"): ["remark"],
    }
    scope = Scope(own="owner_consultant", site="site")
    restricted = {"owner_consultant": "approve"}
    headings, cells = HEADINGS, CELLS
    parts = [HouseholdLines]
    likeness = [(("phone", "further_phones"),), ("identity_number",), ("name", "home_address")]
    gathers = {"phone": "further_phones"}
