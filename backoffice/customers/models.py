"""The customer file: from the first contact to ownership. Source: systems.md 18."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.organisation.fields import StaffField
from backoffice.registers.fields import (
    AddressField,
    AmountRangeField,
    AreaRangeField,
    DictionaryField,
    DictionaryListField,
    IdentityNumberField,
    NameField,
    NumberField,
    PhoneField,
    PhoneListField,
    SiteField,
    TextField,
    TextListField,
)
from backoffice.registers.models import Record, not_voided


class Customer(Record):
    """A person or party interested in buying, or an owner. One living file for each telephone at a site."""

    site = SiteField()
    name = NameField(pgettext_lazy("person", "name"))
    phone = PhoneField(_("telephone"))
    further_phones = PhoneListField(_("further telephones"))
    gender = DictionaryField(_("gender"), "gender")
    age = models.PositiveSmallIntegerField(_("age"), null=True, blank=True)
    identity_kind = DictionaryField(_("kind of identity paper"), "identity_kind")
    identity_number = IdentityNumberField(_("identity number"), blank=True, default="")
    occupation = TextField(_("occupation"), max_length=60, blank=True, default="")
    workplace = TextField(_("workplace"), max_length=80, blank=True, default="")
    district = TextField(_("district of residence"), max_length=60, blank=True, default="")
    home_address = AddressField(_("home address"), blank=True, default="")
    related_persons = TextListField(_("related persons"))
    intent_grade = DictionaryField(_("intent grade"), "intent_grade")
    awareness_source = DictionaryListField(_("source of awareness"), "awareness_source")
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    owner_consultant = StaffField(_("property consultant"), null=True, blank=True)
    purpose = DictionaryListField(_("purpose of purchase"), "purpose")
    budget = AmountRangeField(_("budget"))
    layout_wish = DictionaryListField(_("layout wished for"), "layout")
    area_wish = AreaRangeField(_("area wished for"))
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    remark = models.TextField(_("remark"), blank=True, default="")
    file_number = NumberField(_("file number"), series="KH", given=True)

    class Meta(Record.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(fields=["site", "phone"], condition=not_voided(), name="customer_phone_once"),
            models.CheckConstraint(condition=~models.Q(phone=""), name="customer_has_phone"),
            models.UniqueConstraint(
                fields=["site", "file_number"], condition=~models.Q(file_number=""), name="customer_file_number_once"
            ),
        ]
        # The list of a site, and the parts of it that are somebody's, each in the order of the list.
        indexes = [
            models.Index(fields=["site", "-id"], condition=not_voided(), name="customer_list"),
            models.Index(
                fields=["owner_consultant", "site", "-id"], condition=not_voided(), name="customer_of_consultant"
            ),
            models.Index(fields=["created_by", "site", "-id"], condition=not_voided(), name="customer_entered_by"),
        ]


class HouseholdMember(Record):
    """A person of a customer's household, or otherwise related: spouse, co-buyer, introducer, relative."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("customer"))
    name = NameField(pgettext_lazy("person", "name"))
    relation = DictionaryField(_("relation"), "relation")
    phone = PhoneField(_("telephone"), blank=True, default="")
    age = models.PositiveSmallIntegerField(_("age"), null=True, blank=True)
    decides = models.BooleanField(_("takes part in the decision"), default=False)
    remark = TextField(_("remark"), max_length=200, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("household member")
        verbose_name_plural = _("household members")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"], condition=not_voided(), name="household_member_once"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="household_member_has_name"),
        ]
        indexes = [models.Index(fields=["customer", "id"], condition=not_voided(), name="household_of_customer")]
