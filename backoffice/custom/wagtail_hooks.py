from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from backoffice.registers.scope import viewer_of

from . import rights


@hooks.register("register_admin_urls")
def addresses():
    from . import urls

    return [path("custom/", include(urls))]


class MakingItem(MenuItem):
    """Shown to whoever makes registers."""

    def is_shown(self, request):
        return rights.may_make(viewer_of(request.user))


@hooks.register("register_settings_menu_item")
def making():
    return MakingItem(_("Registers of your own"), reverse("custom"), icon_name="list-ul", order=590)
