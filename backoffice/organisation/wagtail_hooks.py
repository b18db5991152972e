"""Where the organisation stands in Wagtail's admin: the site switcher, accounts, one's own sign-ins."""

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from backoffice.registers.scope import viewer_of

from . import sites, views
from .accounts.operations import administers
from .models import SalesSite


@hooks.register("register_admin_urls")
def addresses():
    person = "accounts/<slug:public_id>/"
    return [
        path("site/", views.choose_site, name="choose_site"),
        path("accounts/", views.accounts, name="accounts"),
        path("accounts/me/", views.my_signins, name="my_signins"),
        path("accounts/me/end/<slug:public_id>/", views.end_my_session, name="end_my_session"),
        path("accounts/me/second-factor/", views.factor_on, name="factor_on"),
        path("accounts/me/second-factor/off/", views.factor_off, name="factor_off"),
        path(person, views.account, name="account"),
        path(person + "new/", views.account_new, name="account_new"),
        path(person + "tokens/<slug:key>/revoke/", views.account_token_revoke, name="account_token_revoke"),
        path(person + "<slug:act>/", views.account_act, name="account_act"),
    ]


class SiteSwitcher(MenuItem):
    """The name of the chosen site; only for people who work at several."""

    def is_shown(self, request):
        return sites.has_choice(viewer_of(request.user))

    def render_component(self, request):
        number = viewer_of(request.user).site
        name = SalesSite.rows.filter(pk=number).values_list("name", flat=True).first() if number else None
        label = name or _("All sales sites")
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname="site-switcher")


class AccountsItem(MenuItem):
    def is_shown(self, request):
        return administers(viewer_of(request.user))


@hooks.register("register_admin_menu_item")
def site_switcher():
    return SiteSwitcher(
        gettext_lazy("Sales site"), reverse("choose_site"), name="site-switcher", icon_name="site", order=1
    )


@hooks.register("register_settings_menu_item")
def accounts_item():
    return AccountsItem(gettext_lazy("Accounts"), reverse("accounts"), name="accounts", icon_name="key", order=10)


@hooks.register("register_account_menu_item")
def my_signins_item(request):
    return {
        "url": reverse("my_signins"),
        "label": _("My sign-ins"),
        "help_text": _("Where you are signed in, and the second factor."),
    }
