"""The forms of the account screens."""

import re

from django import forms
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _

from .accounts.models import User


def suggested_username(name):
    """A free user name made from the pinyin of `name`, such as linwanzhou or linwanzhou2."""
    # Its dictionary takes half a second to load, which no start should wait for.
    from pypinyin import lazy_pinyin

    plain = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())[:24] or "user"
    taken = set(User.objects.filter(username__startswith=plain).values_list("username", flat=True))
    names = (plain if number == 1 else f"{plain}{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


class AddressForm(forms.Form):
    """Where the link goes that opens an account."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class AccountForm(AddressForm):
    """A new account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=User._meta.get_field("username").validators,
        help_text=_("Letters, digits and @ . + - _ only. It cannot be changed later."),
    )
    field_order = ["username", "email"]

    def clean_username(self):
        username = UsernameField().to_python(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is taken."), code="taken")
        return username


class CodeForm(forms.Form):
    """A code of the authenticator app."""

    code = forms.CharField(
        label=_("Code of the app"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasswordForm(forms.Form):
    """The password once more, before something that must not happen by somebody else's hand."""

    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."), code="wrong")
        return self.cleaned_data["password"]
