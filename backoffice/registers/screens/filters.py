"""Narrowing a list: one filter for each column the register names, by the kind of the column."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import SuffixedMultiWidget
from wagtail.admin.active_filters import ActiveFilter
from wagtail.admin.widgets import AdminDateInput

from backoffice.jobs import clock

from .. import dictionaries
from . import lookups, references  # noqa: F401  the lookup `has_item` is registered by its module

PRESETS = {
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("This week"),
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "30_days": gettext_lazy("Last 30 days"),
}


def preset_days(preset, today):
    """(first day, last day) of a preset, both included. Weeks begin on Monday."""
    first_of_month = today.replace(day=1)
    if preset == "today":
        return today, today
    if preset == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    if preset == "month":
        return first_of_month, (first_of_month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if preset == "last_month":
        last = first_of_month - timedelta(days=1)
        return last.replace(day=1), last
    return today - timedelta(days=29), today


class RangeInput(SuffixedMultiWidget):
    template_name = "wagtailadmin/widgets/range_input.html"

    def decompress(self, value):
        return value or [None] * len(self.widgets)


class DaysInput(RangeInput):
    suffixes = ["when", "from", "to"]

    def __init__(self):
        presets = [("", gettext_lazy("Any time")), *PRESETS.items()]
        super().__init__(
            [
                forms.Select(choices=presets, attrs={"aria-label": gettext_lazy("Period")}),
                AdminDateInput(attrs={"placeholder": gettext_lazy("From"), "aria-label": gettext_lazy("From")}),
                AdminDateInput(attrs={"placeholder": gettext_lazy("Until"), "aria-label": gettext_lazy("Until")}),
            ]
        )


class NumbersInput(RangeInput):
    suffixes = ["min", "max"]

    def __init__(self):
        super().__init__(
            [
                forms.NumberInput(attrs={"placeholder": label, "aria-label": label, "step": "any"})
                for label in (gettext_lazy("At least"), gettext_lazy("At most"))
            ]
        )


class SeveralField(forms.MultiValueField):
    """Several inputs, each of which may be left empty; cleans to the list of their values, None when all are."""

    def compress(self, values):
        return list(values) if any(value not in (None, "") for value in values) else None


@dataclass
class Filter:
    """One filter of a list. `parameters` are the names it has in an address."""

    column: object
    viewer: object

    @property
    def name(self):
        return self.column.name

    @property
    def label(self):
        return capfirst(self.column.label)

    @property
    def parameters(self):
        return [self.name]


class ChoiceFilter(Filter):
    """One or more values of a dictionary or a fixed list; any of them when the column holds several."""

    @cached_property
    def choices(self):
        if self.column.dictionary:
            return dictionaries.choices(self.column.dictionary)
        return list(self.column.field.flatchoices)

    def field(self):
        return forms.MultipleChoiceField(
            label=self.label, required=False, choices=self.choices, widget=forms.CheckboxSelectMultiple
        )

    def narrow(self, rows, values):
        if not self.column.many:
            return rows.filter(**{f"{self.name}__in": values})
        predicate = Q()
        for value in values:
            predicate |= Q(**{f"{self.name}__has_item": value})
        return rows.filter(predicate)

    def pills(self, values):
        """[(text, {parameter: what it becomes when the pill is removed})]"""
        labels = dict(self.choices)
        for value in values:
            yield labels.get(value, value), {self.name: [kept for kept in values if kept != value]}


class YesNoFilter(Filter):
    def field(self):
        choices = [("", _("Either")), ("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(label=self.label, required=False, choices=choices, widget=forms.RadioSelect)

    def narrow(self, rows, value):
        return rows.filter(**{self.name: value == "yes"})

    def pills(self, value):
        yield _("yes") if value == "yes" else _("no"), {self.name: []}


class ReferenceFilter(Filter):
    """Records that point to one of several others, of which only those the viewer may see are offered."""

    def field(self):
        target = self.column.target
        offered = references.choosable(target, self.viewer)
        title = target.column(target.title_field)
        return _ReferencesField(
            target,
            offered.order_by("pk" if title.personal else title.name),
            label=self.label,
            many=len(offered.values("pk")[: references.FEW + 1]) > references.FEW,
            url=references.choose_url(self.column),
        )

    def narrow(self, rows, values):
        return rows.filter(**{f"{self.name}__in": [row.pk for row in values]})

    def pills(self, values):
        chosen = [row.public_id for row in values]
        for row in values:
            rest = [key for key in chosen if key != row.public_id]
            yield references.label_of(self.column.target, row), {self.name: rest}


class _ReferencesField(forms.ModelMultipleChoiceField):
    def __init__(self, target, rows, *, many, url, **kwargs):
        self.target = target
        widget = _OneOfMany(url) if many else forms.CheckboxSelectMultiple
        super().__init__(rows, to_field_name="public_id", required=False, widget=widget, **kwargs)
        if many:
            self.widget.text_of = self._text_of

    def label_from_instance(self, obj):
        return references.label_of(self.target, obj)

    def _text_of(self, value):
        row = self.queryset.filter(public_id=value).first()
        return self.label_from_instance(row) if row else ""


class _OneOfMany(references.ChooserInput):
    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return [value] if value else []

    def format_value(self, value):
        return (value[0] if value else "") if isinstance(value, list) else value


class DaysFilter(Filter):
    """A span of days, by name or by its ends. Moments are compared by their day in the local time."""

    @property
    def parameters(self):
        return [f"{self.name}_{suffix}" for suffix in DaysInput.suffixes]

    def field(self):
        fields = [
            forms.ChoiceField(choices=[("", ""), *PRESETS.items()], required=False),
            forms.DateField(required=False),
            forms.DateField(required=False),
        ]
        return SeveralField(fields, label=self.label, required=False, require_all_fields=False, widget=DaysInput())

    def days(self, value):
        preset, first, last = value
        return preset_days(preset, timezone.localdate(clock.now())) if preset else (first, last)

    def narrow(self, rows, value):
        first, last = self.days(value)
        if self.column.kind == "Moment":
            first = first and timezone.make_aware(datetime.combine(first, time.min))
            last = last and timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
            end = "lt"
        else:
            end = "lte"
        rows = rows.filter(**{f"{self.name}__gte": first}) if first else rows
        return rows.filter(**{f"{self.name}__{end}": last}) if last else rows

    def pills(self, value):
        preset, first, last = value
        text = PRESETS[preset] if preset else f"{first or ''} – {last or ''}"
        yield str(text), {name: [] for name in self.parameters}


class NumbersFilter(Filter):
    @property
    def parameters(self):
        return [f"{self.name}_{suffix}" for suffix in NumbersInput.suffixes]

    def field(self):
        fields = [forms.DecimalField(required=False), forms.DecimalField(required=False)]
        return SeveralField(fields, label=self.label, required=False, require_all_fields=False, widget=NumbersInput())

    def narrow(self, rows, value):
        least, most = value
        rows = rows.filter(**{f"{self.name}__gte": least}) if least is not None else rows
        return rows.filter(**{f"{self.name}__lte": most}) if most is not None else rows

    def pills(self, value):
        least, most = ("" if end is None else f"{end:f}" for end in value)
        yield f"{least} – {most}", {name: [] for name in self.parameters}


VOID = "void"


class VoidFilter:
    """Void records stay out of a list until they are asked for."""

    name = VOID
    parameters = (VOID,)
    label = gettext_lazy("Void records")
    CHOICES = (
        ("", gettext_lazy("Hidden")),
        ("with", gettext_lazy("Shown as well")),
        ("only", gettext_lazy("Only these")),
    )

    def field(self):
        return forms.ChoiceField(label=self.label, required=False, choices=self.CHOICES, widget=forms.RadioSelect)

    def narrow(self, rows, value):
        return rows.filter(voided_at__isnull=False) if value == "only" else rows

    def pills(self, value):
        yield str(dict(self.CHOICES)[value]), {VOID: []}


_BY_KIND = {
    "Choice": ChoiceFilter,
    "ChoiceList": ChoiceFilter,
    "YesNo": YesNoFilter,
    "Moment": DaysFilter,
    "Day": DaysFilter,
    "Integer": NumbersFilter,
    "Quantity": NumbersFilter,
    "Amount": NumbersFilter,
}


def filter_for(column, viewer):
    """The filter of a column, or None: a masked column is never narrowed by."""
    if column.personal:
        return None
    if column.field.is_relation:
        return ReferenceFilter(column, viewer) if column.target and column.target.seen_by(viewer) else None
    kind = _BY_KIND.get(column.kind)
    return kind(column, viewer) if kind else None


class Filters:
    """All filters of one list as one form over the parameters of an address."""

    def __init__(self, register, viewer, data):
        found = [filter_for(register.column(name), viewer) for name in register.filters]
        self.filters = {item.name: item for item in [*filter(None, found), VoidFilter()]}
        self.data = data

    @cached_property
    def form(self):
        fields = {name: item.field() for name, item in self.filters.items()}
        return type("FilterForm", (forms.Form,), fields)(self.data, auto_id="filter-%s")

    @cached_property
    def values(self):
        """{name: value} of the filters in force; what cannot be understood is left out."""
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        return {name: cleaned[name] for name in self.filters if name in cleaned and _given(cleaned[name])}

    @property
    def active(self):
        return bool(self.values)

    def narrow(self, rows):
        if VOID not in self.values:
            rows = rows.filter(voided_at=None)
        for name, value in self.values.items():
            rows = self.filters[name].narrow(rows, value)
        return rows

    def pills(self):
        """[(filter, text, {parameter: values left without it})]"""
        return [
            (self.filters[name], text, rest)
            for name, value in self.values.items()
            for text, rest in self.filters[name].pills(value)
        ]

    def described(self):
        """The filters in one line, for the log of exports."""
        return "; ".join(f"{item.label}: {text}" for item, text, _rest in self.pills())

    def active_filters(self, base_url):
        """The pills in the shape Wagtail's listing template draws."""
        drawn = []
        for item, text, rest in self.pills():
            query = self.data.copy()
            for parameter in ("after", "before", "p"):
                query.pop(parameter, None)
            for parameter, values in rest.items():
                query.setlist(parameter, values)
            query["_w_filter_fragment"] = "1"
            bound = self.form[item.name]
            drawn.append(ActiveFilter(bound.auto_id, item.label, text, f"{base_url}?{query.urlencode()}"))
        return drawn


def _given(value):
    return value not in (None, "", []) and not (hasattr(value, "exists") and not value)
