"""The login form."""

from django.utils.translation import gettext_lazy as _
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
