"""The form by which somebody makes a token of their own."""

import django_otp
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from .. import catalogue
from .models import AccessToken
from .tokens import LIVES


class TokenForm(forms.Form):
    """Asks for what the sign-in asks for once more: whoever sits down at an open screen takes no key away."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("What uses it and where, such as “monthly report, finance PC”.")
    )
    scope = forms.ChoiceField(
        label=_("It may"), choices=AccessToken.Scope.choices, widget=forms.RadioSelect, initial=AccessToken.Scope.READ
    )
    days = forms.TypedChoiceField(
        label=_("It ends after"),
        coerce=int,
        choices=[(days, ngettext_lazy("%(days)d day", "%(days)d days", days) % {"days": days}) for days in LIVES],
        initial=LIVES[1],
    )
    registers = forms.MultipleChoiceField(
        label=_("Registers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every register you see."),
    )
    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label=_("Code of the app"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, viewer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = viewer.user
        seen = [register for register in catalogue.registers() if register.seen_by(viewer)]
        self.fields["registers"].choices = [(register.code, capfirst(register.label_plural)) for register in seen]
        if not django_otp.user_has_device(self.user):
            del self.fields["code"]

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."), code="wrong")
        return self.cleaned_data["password"]

    def clean_code(self):
        """Each code counts once, so it is tried only with everything else in order."""
        code = self.cleaned_data["code"].replace(" ", "").replace("-", "").lower()
        if not self.errors and django_otp.match_token(self.user, code) is None:
            raise forms.ValidationError(_("This code is not right. Please wait for the next one."), code="wrong")
        return code

    def asked(self):
        """What `tokens.issue` takes."""
        return {name: self.cleaned_data[name] for name in ("name", "scope", "days", "registers")}
