"""What is for sale: projects, their buildings, and every unit. Source: systems.md 25, glossary.md.

Prices stand in price lists and who holds a unit in unit control; a unit has its identity, its physical facts and
the state that unit control gives it.
"""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.registers.fields import AmountField, AreaField, DictionaryField, SiteField, TextField
from backoffice.registers.models import Record, not_voided

from .fields import BuildingCodeField, UnitCodeField, UnitPartField


def above_zero(model, *names):
    """A constraint for each of the columns: nothing, or more than zero."""
    return [
        models.CheckConstraint(
            name=f"{model}_{name}_positive", condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": 0})
        )
        for name in names
    ]


class SalesState(models.TextChoices):
    """Where a unit stands in its sale. Source: systems.md 25 and 26, "States"."""

    REGISTERED = "registered", _("not yet released")
    AVAILABLE = "available", _("for sale")
    WITHDRAWN = "withdrawn", _("withdrawn from sale")
    RESERVED = "reserved", _("company reserve")
    HELD = "held", _("held")
    PENDING = "pending", _("payment pending")
    SUBSCRIBED = "subscribed", _("subscribed")
    SIGNED = "signed", _("signed")
    FILED = "filed", _("filed")
    DELIVERED = "delivered", _("handed over")


class Project(Record):
    """An estate that is built and sold, with the facts that every paper about it states."""

    site = SiteField()
    name = TextField(pgettext_lazy("thing", "name"), max_length=60)
    developer = TextField(_("developer"), max_length=80, blank=True, default="")
    property_company = TextField(_("property service company"), max_length=80, blank=True, default="")
    location = TextField(_("location"), max_length=120, blank=True, default="")
    land_area = AreaField(_("site area (㎡)"), null=True, blank=True)
    floor_area = AreaField(_("floor area above ground (㎡)"), null=True, blank=True)
    plot_ratio = models.DecimalField(_("plot ratio"), max_digits=5, decimal_places=2, null=True, blank=True)
    parking_spaces = models.PositiveIntegerField(_("parking spaces"), null=True, blank=True)
    property_fee = AmountField(_("property fee (yuan per ㎡ and month)"), null=True, blank=True)
    handover_on = models.DateField(_("date of handover"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], condition=not_voided(), name="project_name_once"),
            *above_zero("project", "land_area", "floor_area", "plot_ratio"),
        ]


class Building(Record):
    """A building of a project, called by its code in front of every unit code."""

    site = SiteField()
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    code = BuildingCodeField(_("building"))
    name = TextField(_("name on the site plan"), max_length=40, blank=True, default="")
    phase = TextField(_("phase"), max_length=20, blank=True, default="")
    floors = models.PositiveSmallIntegerField(_("floors above ground"), null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(_("number of entrances"), null=True, blank=True)
    presale_permit_no = TextField(_("presale permit"), max_length=60, blank=True, default="")
    permit_on = models.DateField(_("date of the permit"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], condition=not_voided(), name="building_code_once"),
            models.CheckConstraint(name="building_has_code", condition=~Q(code="")),
            *above_zero("building", "floors", "entrances"),
        ]


class Unit(Record):
    """One dwelling, shop, parking space or store. `unit_code` is building, entrance and room in one."""

    site = SiteField()
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, blank=True, related_name="+", verbose_name=_("building")
    )
    entrance = UnitPartField(_("entrance"), blank=True, default="")
    floor = TextField(_("floor"), max_length=10, blank=True, default="")
    room = UnitPartField(_("room"), blank=True, default="")
    unit_code = UnitCodeField(
        _("unit code"),
        blank=True,
        default="",
        help_text=_("Such as 1-2-301. Left empty, it follows from building, entrance and room."),
    )
    usage = DictionaryField(_("usage"), "unit_usage")
    layout = TextField(_("layout"), max_length=40, blank=True, default="")
    orientation = DictionaryField(_("orientation"), "orientation")
    gross_area = AreaField(_("gross floor area (㎡)"))
    inner_area = AreaField(_("inner area (㎡)"), null=True, blank=True)
    shared_area = AreaField(_("shared area (㎡)"), null=True, blank=True)
    forecast_area = AreaField(_("forecast area (㎡)"), null=True, blank=True)
    measured_area = AreaField(_("measured area (㎡)"), null=True, blank=True)
    presale_permit_no = TextField(_("presale permit"), max_length=60, blank=True, default="")
    state = models.CharField(
        _("sales state"), max_length=10, choices=SalesState.choices, default=SalesState.REGISTERED
    )
    remark = models.TextField(_("remark"), blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["site", "unit_code"], condition=not_voided(), name="unit_code_once"),
            models.CheckConstraint(
                name="unit_code_ends_in_its_parts",
                condition=~Q(entrance="")
                & ~Q(room="")
                & Q(
                    unit_code__endswith=Concat(
                        Value("-"), F("entrance"), Value("-"), F("room"), output_field=models.CharField()
                    )
                ),
            ),
            models.CheckConstraint(name="unit_state_known", condition=Q(state__in=SalesState.values)),
            *above_zero("unit", "gross_area", "inner_area", "shared_area", "forecast_area", "measured_area"),
            models.CheckConstraint(
                name="unit_inner_within_gross",
                condition=Q(inner_area__isnull=True) | Q(inner_area__lte=F("gross_area")),
            ),
            models.CheckConstraint(
                name="unit_shared_within_gross",
                condition=Q(shared_area__isnull=True) | Q(shared_area__lte=F("gross_area")),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "id"], name="unit_list"),
            models.Index(fields=["building", "id"], name="unit_of_building"),
            models.Index(fields=["site", "state", "id"], name="unit_by_state"),
        ]
