"""The form of one added field: everything a manager says about it, options included."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from .. import catalogue
from ..register import in_chinese
from ..scope import roles_of
from . import operations
from .judging import FORMULA_GIVES, ONCE_UNIQUE, WITH_DEFAULT, WITH_OPTIONS
from .models import Kind

# Kinds on offer, each with what it is good for.
EXAMPLES = {
    Kind.TEXT: _("one line, such as a number on a form"),
    Kind.LONG_TEXT: _("several lines, such as a note of a talk"),
    Kind.INTEGER: _("members of the household"),
    Kind.QUANTITY: _("up to four decimals, such as 89.5"),
    Kind.AMOUNT: _("yuan with two decimals; lists add it up"),
    Kind.DAY: _("a day, such as 2025-06-18"),
    Kind.MOMENT: _("a day with the time"),
    Kind.YES_NO: _("has a parking space: yes, no or unknown"),
    Kind.CHOICE: _("one of the options you write down"),
    Kind.CHOICES: _("several of the options you write down"),
    Kind.STAFF: _("a colleague, such as who helped"),
    Kind.RECORD: _("another record, such as who introduced a customer"),
    Kind.COMPUTED: _("follows from other fields by a formula"),
}
YES, NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0")
MOST_OPTIONS = 200


class FieldForm(forms.Form):
    """`save()` prepares what was filled in; mistakes that the rules find stand beside their fields."""

    kind = forms.ChoiceField(label=_("What the field holds"), widget=forms.RadioSelect)
    label = forms.CharField(label=_("Name in Chinese"), max_length=40)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    help_text = forms.CharField(
        label=_("Help in Chinese"), max_length=200, required=False, help_text=_("Stands below the input.")
    )
    help_text_en = forms.CharField(label=_("Help in English"), max_length=200, required=False)
    section = forms.CharField(
        label=_("Section of the page"),
        max_length=40,
        required=False,
        help_text=_("Choose a section of the page, or write the name of a new one. Empty: the last section."),
    )
    target = forms.ChoiceField(label=_("Register it points to"), required=False)
    gives = forms.ChoiceField(label=_("What the formula gives"), required=False)
    expression = forms.CharField(label=_("Formula"), max_length=400, required=False, widget=AdminAutoHeightTextInput)
    default = forms.CharField(
        label=_("Default value"), max_length=200, required=False, help_text=_("What new records start with.")
    )
    required = forms.BooleanField(label=_("Must be filled in"), required=False)
    unique = forms.BooleanField(label=_("No two records may have the same value"), required=False)
    searched = forms.BooleanField(label=_("The search finds it"), required=False)
    audience = forms.MultipleChoiceField(
        label=_("Only for these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everybody who sees the record. For others the field does not exist."),
    )

    # What each kind has beside its names: the script shows these and no others.
    FOR = {
        "target": [Kind.RECORD],
        "gives": [Kind.COMPUTED],
        "expression": [Kind.COMPUTED],
        "default": WITH_DEFAULT,
        "required": [kind for kind in EXAMPLES if kind != Kind.COMPUTED],
        "unique": ONCE_UNIQUE,
        "searched": [Kind.TEXT],
        "options": WITH_OPTIONS,
    }

    def __init__(self, register, viewer, definition, data=None):
        self.register, self.viewer, self.definition = register, viewer, definition
        super().__init__(data, initial=self._initial(), use_required_attribute=False)
        kinds = [(kind.value, capfirst(kind.label)) for kind in EXAMPLES]
        self.fields["kind"].choices = kinds
        self.fields["gives"].choices = [(kind.value, kind.label) for kind in FORMULA_GIVES]
        targets = [(r.code, capfirst(r.label_plural)) for r in catalogue.registers() if r.seen_by(viewer)]
        self.fields["target"].choices = [("", "—"), *targets]
        self.fields["audience"].choices = roles_of(register)
        self.fields["section"].widget.attrs["list"] = "sections"
        if definition.released_at:
            for name in ("kind", "target", "gives"):
                self.fields[name].disabled = True
        for name, kinds in self.FOR.items():
            if name in self.fields:
                self.fields[name].widget.attrs["data-for"] = " ".join(kinds)

    def _initial(self):
        definition = self.definition
        initial = {name: getattr(definition, name) for name in self.base_fields} | definition.draft
        initial["default"] = _as_typed(initial["default"])
        initial["expression"] = self._with_labels(initial["expression"])
        initial["gives"] = initial["gives"] or Kind.AMOUNT
        return initial

    def _with_labels(self, expression):
        for name, column in self.register.fields.items():
            expression = expression.replace(f"{{{name}}}", f"{{{column.label}}}")
        return expression

    @property
    def sections(self):
        return [in_chinese(heading) for heading, _columns in self.register.layout]

    def kinds(self):
        """[(input, example)] of the kind picker."""
        return [(radio, EXAMPLES[Kind(radio.data["value"])]) for radio in self["kind"]]

    def options(self):
        """[[code, label, English label, retired]] as filled in, as prepared, or as they stand."""
        if self.is_bound:
            return self._posted_options()
        if operations.OPTIONS in self.definition.draft:
            return self.definition.draft[operations.OPTIONS]
        return operations.option_rows(self.definition) if self.definition.pk else []

    def _posted_options(self):
        lists = [self.data.getlist(f"option_{part}") for part in ("code", "label", "en")]
        retired = set(self.data.getlist("option_retired"))
        rows = list(zip(*lists, strict=False))[:MOST_OPTIONS]
        return [
            [code[:40], label.strip()[:40], english.strip()[:60], bool(code) and code in retired]
            for code, label, english in rows
            if label.strip()
        ]

    def clean_default(self):
        typed = self.cleaned_data["default"].strip()
        if self.cleaned_data.get("kind") == Kind.YES_NO and typed:
            if typed.lower() not in (*YES, *NO):
                raise ValidationError(_("Please write yes or no."))
            return typed.lower() in YES
        return typed or None

    def clean(self):
        """What does not belong to the kind is left out, whatever an input that was hidden still held."""
        cleaned = super().clean()
        empty = {"default": None, "audience": [], "required": False, "unique": False, "searched": False}
        for name, kinds in self.FOR.items():
            if name in cleaned and cleaned.get("kind") not in kinds:
                cleaned[name] = empty.get(name, "")
        return cleaned

    def save(self):
        """The definition, prepared; None when a rule says no, with the reasons in the form."""
        try:
            return operations.prepare(self.definition, self.cleaned_data, self.viewer, self.options())
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                self.add_error(None, error)
                return None
            for name, messages in error.message_dict.items():
                self.add_error(name if name in self.fields else None, messages)
        return None


def _as_typed(value):
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    return "" if value is None else str(value)
