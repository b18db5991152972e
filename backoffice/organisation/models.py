"""Who works where: sites, departments, positions, teams, staff and the positions they hold.

Source: systems.md 1, actors.md 1. The accounts people log in with stand in `accounts.models`.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.registers.fields import (
    IdentityNumberField,
    NameField,
    PhoneField,
    SiteField,
    TextField,
    TextListField,
)
from backoffice.registers.models import Record, not_voided

from .accounts.models import AccountEvent, Invitation, LoginSession, User
from .fields import StaffField
from .roles import Role

__all__ = [
    "AccountEvent",
    "Assignment",
    "Department",
    "Invitation",
    "LoginSession",
    "Position",
    "SalesSite",
    "Staff",
    "Team",
    "User",
]


class SalesSite(Record):
    """A place where a project is sold, with its staff and routines."""

    code = models.CharField(_("code"), max_length=20)
    name = TextField(_("name"), max_length=60)
    project = TextField(_("project"), max_length=60)
    area_code = models.CharField(
        _("area code"),
        max_length=4,
        blank=True,
        default="",
        help_text=_("Such as 0512: put before landline numbers."),
    )
    address = models.CharField(_("address"), max_length=200, blank=True, default="")
    is_open = models.BooleanField(_("open"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("sales site")
        verbose_name_plural = _("sales sites")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=not_voided(), name="site_code_once"),
        ]

    def __str__(self):
        return self.name


class Department(Record):
    """A part of the company; a department without a site belongs to the company as a whole."""

    code = models.CharField(_("code"), max_length=20)
    name = TextField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("belongs to")
    )
    site = SiteField(null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=not_voided(), name="department_code_once"),
        ]

    def __str__(self):
        return self.name


class Position(Record):
    """A place in the organisation: what its holder does, may decide, and reports to. Its role gives the rights."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        FROZEN = "frozen", _("frozen")
        CLOSED = "closed", _("closed")

    code = models.CharField(_("code"), max_length=20)
    name = TextField(_("name"), max_length=60)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    role = models.CharField(_("role"), max_length=4, choices=Role.choices)
    superior_position = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reports to"),
    )
    duties = TextListField(_("duties"))
    powers = TextListField(_("powers"))
    headcount_plan = models.PositiveSmallIntegerField(_("planned headcount"), default=1)
    grade = models.CharField(_("grade"), max_length=20, blank=True, default="")
    needs_floor_certificate = models.BooleanField(_("needs a floor certificate"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)

    class Meta(Record.Meta):
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=not_voided(), name="position_code_once"),
            models.CheckConstraint(
                name="position_has_superior",
                condition=Q(superior_position__isnull=False) | Q(role=Role.GM),
            ),
            models.CheckConstraint(
                name="position_not_own_superior",
                condition=Q(superior_position__isnull=True) | ~Q(superior_position=F("id")),
            ),
        ]

    def __str__(self):
        return self.name


class Team(Record):
    """People who work together under one supervisor; an agency's team bears the agency's name."""

    site = SiteField()
    name = TextField(_("name"), max_length=40)
    supervisor = StaffField(_("supervisor"), null=True, blank=True)
    agency = TextField(_("agency"), max_length=60, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], condition=not_voided(), name="team_name_once"),
        ]

    def __str__(self):
        return self.name


class Staff(Record):
    """A person who works at a site, from before the first day until after the last."""

    class Employment(models.TextChoices):
        OWN = "own", _("own employee")
        AGENCY = "agency", _("agency")
        CONTRACTOR = "contractor", _("contractor")

    class Status(models.TextChoices):
        PROBATION = "probation", _("on probation")
        REGULAR = "regular", _("employed")
        LEFT = "left", _("has left")

    site = SiteField()
    number = TextField(_("staff number"), max_length=20)
    name = NameField(pgettext_lazy("person", "name"))
    gender = models.CharField(
        _("gender"), max_length=6, choices=[("male", _("male")), ("female", _("female"))], blank=True, default=""
    )
    phone = PhoneField(_("telephone"), blank=True, default="")
    identity_number = IdentityNumberField(_("identity number"), blank=True, default="")
    card_number = models.CharField(_("clock card number"), max_length=20, blank=True, default="")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    employment_type = models.CharField(
        _("employment"), max_length=10, choices=Employment.choices, default=Employment.OWN
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.REGULAR)
    hire_date = models.DateField(_("hired on"), null=True, blank=True)
    probation_end = models.DateField(_("end of probation"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], condition=not_voided(), name="staff_number_once"),
            models.UniqueConstraint(
                fields=["site", "card_number"],
                condition=not_voided() & ~Q(card_number=""),
                name="staff_card_once",
            ),
            models.CheckConstraint(
                name="staff_probation_after_hire",
                condition=Q(hire_date__isnull=True)
                | Q(probation_end__isnull=True)
                | Q(probation_end__gte=F("hire_date")),
            ),
        ]


class Assignment(Record):
    """A person holds a position from one day to another, both included; without a site it holds at every site.

    Exactly one assignment of a person is primary on any day. A cover (`is_acting`) stands in for somebody who is
    away, for a limited time, beside the person's own position.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("person"))
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("position")
    )
    site = SiteField(null=True, blank=True, help_text=_("Empty: at every site."))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day, included."))
    is_primary = models.BooleanField(_("main position"), default=True)
    is_acting = models.BooleanField(_("acting cover"), default=False)
    acting_for = StaffField(_("stands in for"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            # Written as an expression: the engine judges keys by columns alone, this one by its condition too.
            models.UniqueConstraint(
                F("staff"),
                condition=not_voided() & Q(is_primary=True, valid_to__isnull=True),
                name="assignment_one_open_primary",
            ),
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="assignment_cover_is_limited",
                condition=Q(is_acting=False, acting_for__isnull=True)
                | Q(is_acting=True, is_primary=False, acting_for__isnull=False, valid_to__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "valid_from"], name="assignment_of_staff"),
            models.Index(fields=["position", "valid_from"], name="assignment_of_position"),
        ]
