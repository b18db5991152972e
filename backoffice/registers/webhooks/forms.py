"""The form of a webhook."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import catalogue
from . import targets


def configured(viewer):
    """The registers whose changes `viewer` may have told."""
    return [register for register in catalogue.registers() if register.may(viewer, "configure")]


class SubscriptionForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Who is told, such as “finance system”."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("An https address on the internet, or in a network that the administrator has opened."),
    )
    registers = forms.MultipleChoiceField(
        label=_("Tells of changes in"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please tick at least one.")},
    )
    active = forms.BooleanField(label=pgettext_lazy("webhook", "Active"), required=False, initial=True)

    def __init__(self, viewer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["registers"].choices = [
            (register.code, capfirst(register.label_plural)) for register in configured(viewer)
        ]

    def clean_url(self):
        """What must not be called is refused here; a name that is not known yet may be so later."""
        url = self.cleaned_data["url"]
        try:
            targets.resolve(url)
        except targets.Forbidden:
            raise forms.ValidationError(_("This address must not be called."), code="forbidden") from None
        except targets.Unknown:
            pass
        return url
