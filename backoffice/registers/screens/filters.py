"""Quick filters: one for each column the register names, drawn by the kind of the column.

They are only another way to say conditions: each one gives a `Condition` for what was chosen in it.
"""

from dataclasses import dataclass

from django import forms
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import SuffixedMultiWidget
from wagtail.admin.active_filters import ActiveFilter
from wagtail.admin.widgets import AdminDateInput

from .. import dictionaries
from ..lists import conditions
from ..lists.operands import NotUnderstood
from ..lists.operators import operators_of
from ..lists.periods import PERIODS
from . import references


class RangeInput(SuffixedMultiWidget):
    template_name = "wagtailadmin/widgets/range_input.html"

    def decompress(self, value):
        return value or [None] * len(self.widgets)


class DaysInput(RangeInput):
    suffixes = ["when", "from", "to"]

    def __init__(self):
        presets = [("", gettext_lazy("Any time")), *PERIODS.items()]
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
    """One filter of a list. `parameters` are the names it has in an address, `field()` its input, `said(value)` the
    operator and the operand of what was chosen."""

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

    def condition(self, value):
        operator, given = self.said(value)
        return conditions.condition(self.column.register, self.viewer, self.name, operator, given)


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

    def said(self, values):
        return "any_of", values

    def pills(self, values):
        """[(text, {parameter: what it becomes when the pill is removed})]"""
        labels = dict(self.choices)
        for value in values:
            yield labels.get(value, value), {self.name: [kept for kept in values if kept != value]}


class OnePill:
    """Whatever was chosen is one pill, in the words of its condition."""

    def pills(self, value):
        yield self.condition(value).text, {name: [] for name in self.parameters}


class YesNoFilter(OnePill, Filter):
    def field(self):
        choices = [("", _("Either")), ("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(label=self.label, required=False, choices=choices, widget=forms.RadioSelect)

    def said(self, value):
        return "is", value == "yes"


class ReferenceFilter(Filter):
    """Records that point to another one, found by typing: offering all of them would cost every list a query."""

    def field(self):
        return _ReferenceField(self.column, self.viewer, label=self.label)

    def said(self, rows):
        return "any_of", [row.public_id for row in rows]

    def pills(self, rows):
        for row in rows:
            rest = [other.public_id for other in rows if other is not row]
            yield references.label_of(self.column.target, row), {self.name: rest}


class _ReferenceField(forms.Field):
    """Cleans to the list of the records named, of those the viewer may choose."""

    def __init__(self, column, viewer, **kwargs):
        self.target, self.viewer = column.target, viewer
        super().__init__(required=False, widget=_Choosers(references.choose_url(column)), **kwargs)
        self.widget.text_of = self._text_of

    def _found(self, keys):
        """The named records, read once however often they are asked for."""
        if set(keys) - set(self.widget.known):
            rows = references.choosable(self.target, self.viewer).filter(public_id__in=keys)
            self.widget.known |= {row.public_id: row for row in rows}
        return [self.widget.known[key] for key in keys if key in self.widget.known]

    def clean(self, value):
        keys = list(dict.fromkeys(value or []))
        found = self._found(keys)
        if len(found) < len(keys):
            raise forms.ValidationError(_("This entry does not exist or is void."), code="unknown_reference")
        return found

    def _text_of(self, key):
        found = self._found([key])
        return references.label_of(self.target, found[0]) if found else ""


class _Choosers(references.ChooserInput):
    """Several may be named in an address; the box shows and replaces the first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {}

    def value_from_datadict(self, data, files, name):
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [value for value in values if value]

    def get_context(self, name, value, attrs):
        first = next(iter(value), "") if isinstance(value, list) else value
        return super().get_context(name, first, attrs)


class DaysFilter(OnePill, Filter):
    """A span of days, by name or by its ends. Moments are compared by their day in the local time."""

    @property
    def parameters(self):
        return [f"{self.name}_{suffix}" for suffix in DaysInput.suffixes]

    def field(self):
        fields = [
            forms.ChoiceField(choices=[("", ""), *PERIODS.items()], required=False),
            forms.DateField(required=False),
            forms.DateField(required=False),
        ]
        return SeveralField(fields, label=self.label, required=False, require_all_fields=False, widget=DaysInput())

    def said(self, value):
        period, *ends = value
        return ("within", period) if period else ("between", [end and end.isoformat() for end in ends])


class NumbersFilter(OnePill, Filter):
    @property
    def parameters(self):
        return [f"{self.name}_{suffix}" for suffix in NumbersInput.suffixes]

    def field(self):
        fields = [forms.DecimalField(required=False), forms.DecimalField(required=False)]
        return SeveralField(fields, label=self.label, required=False, require_all_fields=False, widget=NumbersInput())

    def said(self, value):
        return "between", [None if end is None else str(end) for end in value]


_BY_KIND = {
    "Choice": ChoiceFilter,
    "ChoiceList": ChoiceFilter,
    "YesNo": YesNoFilter,
    "Moment": DaysFilter,
    "Day": DaysFilter,
    "Integer": NumbersFilter,
    "Quantity": NumbersFilter,
    "Amount": NumbersFilter,
    "Area": NumbersFilter,
}


def filter_for(column, viewer):
    """The quick filter of a column, or None: what has no operators for the viewer is never narrowed by."""
    if not operators_of(column, viewer):
        return None
    kind = ReferenceFilter if column.field.is_relation else _BY_KIND.get(column.kind)
    return kind(column, viewer) if kind else None


VOID = "void"
VOID_CHOICES = (
    ("", gettext_lazy("Hidden")),
    ("with", gettext_lazy("Shown as well")),
    ("only", gettext_lazy("Only these")),
)


class VoidFilter:
    """Void records stay out of a list until they are asked for. Which rows there are is no condition of theirs."""

    name = VOID
    parameters = (VOID,)
    label = gettext_lazy("Void records")

    def field(self):
        return forms.ChoiceField(label=self.label, required=False, choices=VOID_CHOICES, widget=forms.RadioSelect)

    def pills(self, value):
        yield str(dict(VOID_CHOICES)[value]), {VOID: []}


class Filters:
    """The quick filters of one list as one form over the parameters of an address."""

    def __init__(self, register, viewer, data):
        found = [filter_for(register.column(name), viewer) for name in register.filters]
        self.filters = {item.name: item for item in [*filter(None, found), VoidFilter()]}
        self.data = data

    @property
    def parameters(self):
        return {parameter for item in self.filters.values() for parameter in item.parameters}

    @cached_property
    def form(self):
        fields = {name: item.field() for name, item in self.filters.items()}
        return type("FilterForm", (forms.Form,), fields)(self.data, auto_id="filter-%s")

    @cached_property
    def values(self):
        """{name: value} of the filters in force. Raises NotUnderstood for a value no filter has."""
        if not self.form.is_valid():
            name, messages = next(iter(self.form.errors.items()))
            raise NotUnderstood(f"{self.filters[name].label}: {messages[0]}")
        cleaned = self.form.cleaned_data
        return {name: cleaned[name] for name in self.filters if _given(cleaned[name])}

    @cached_property
    def tree(self):
        """What was chosen, as one group of conditions."""
        chosen = (self.filters[name].condition(value) for name, value in self.values.items() if name != VOID)
        return conditions.Group("all", tuple(chosen))

    @property
    def void(self):
        return self.values.get(VOID, "")

    def active_filters(self, address):
        """The pills in the shape Wagtail's listing template draws; `address(**parameters)` is where one leads that
        is taken away."""
        return [
            ActiveFilter(self.form[name].auto_id, self.filters[name].label, text, address(**rest))
            for name, value in self.values.items()
            for text, rest in self.filters[name].pills(value)
        ]


def _given(value):
    return value not in (None, "", []) and not (hasattr(value, "exists") and not value)
