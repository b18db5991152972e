"""Forms of Wagtail that say here what they mean here."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.account import ThemePreferencesForm
from wagtail.admin.forms.auth import LoginForm


class Login(LoginForm):
    """Wagtail's, with a label that is translated, and without hints that repeat the labels."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        for name in ("username", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"


class Appearance(ThemePreferencesForm):
    class Meta(ThemePreferencesForm.Meta):
        help_texts = {"keyboard_shortcuts": _("Press ? anywhere to see them.")}
