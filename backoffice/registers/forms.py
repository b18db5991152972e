"""Form fields for the values of the trade. They fold what people type before anything judges it."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from . import dictionaries

_SEPARATORS = re.compile(r"[、,,;;/\n]+")


def half_width(text):
    """Full-width digits, letters and signs as their ordinary forms; zero-width signs taken away."""
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf").strip()


class PhoneFormField(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.input_type = "tel"

    def to_python(self, value):
        return half_width(super().to_python(value))


class ListFormField(forms.CharField):
    """Several short texts in one line, separated by 、 or a comma."""

    def __init__(self, *, help_text="", **kwargs):
        super().__init__(help_text=help_text or _("Separate several values with 、 or a comma."), **kwargs)

    def prepare_value(self, value):
        return "、".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        if isinstance(value, list | tuple):
            return list(value)
        return [part.strip() for part in _SEPARATORS.split(super().to_python(value)) if part.strip()]

    def validate(self, value):
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """Items are judged by the model field, one by one."""

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class DictionaryFormField(forms.ChoiceField):
    """One value of a dictionary; retired values stay choosable only where they are already stored."""

    def __init__(self, *, dictionary, max_length=None, empty_value="", **kwargs):
        kwargs.pop("initial", None)
        super().__init__(choices=lambda: [("", "—"), *dictionaries.choices(dictionary)], **kwargs)


class DictionaryListFormField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, dictionary, encoder=None, decoder=None, **kwargs):
        kwargs.pop("initial", None)
        super().__init__(choices=lambda: dictionaries.choices(dictionary), **kwargs)


class DecimalRangeFormField(forms.CharField):
    """`90`, `90-110`: one number or a lower and an upper one."""

    def __init__(self, *, unit="", encoder=None, decoder=None, **kwargs):
        kwargs.setdefault("help_text", _("One number, or a lower and an upper one joined by a hyphen."))
        kwargs.pop("initial", None)
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return "-".join(f"{end:f}" for end in value) if isinstance(value, list | tuple) else value

    def to_python(self, value):
        if isinstance(value, list | tuple):
            return tuple(value)
        text = half_width(super().to_python(value)).replace(",", "")
        parts = [part.strip() for part in re.split(r"\s*[-~–—至到]\s*", text) if part.strip()]
        if any(not re.fullmatch(r"\d+(\.\d+)?", part) for part in parts) or len(parts) > 2:
            raise forms.ValidationError(_("Please write numbers, for example 90 or 90-110."), code="bad_amount")
        return tuple(parts) or None

    def run_validators(self, value):
        """The model field judges the order of the ends."""
