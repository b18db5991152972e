"""Where access tokens stand in the admin: behind one's own account."""

from django.urls import path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from . import views


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("tokens/", views.TokensView.as_view(), name="access_tokens"),
        path("tokens/new/", views.NewTokenView.as_view(), name="access_token_new"),
        path("tokens/<slug:key>/revoke/", views.RevokeTokenView.as_view(), name="access_token_revoke"),
    ]


@hooks.register("register_account_menu_item")
def account_item(request):
    return {
        "url": reverse("access_tokens"),
        "label": _("Access tokens"),
        "help_text": _("Keys with which programs read and write records for you."),
    }
