from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from ..scope import viewer_of
from . import options


@hooks.register("register_admin_urls")
def addresses():
    from . import urls

    return [path("fields/", include(urls)), path("dictionaries/", include(urls.dictionary_urlpatterns))]


class DictionariesItem(MenuItem):
    """Shown to whoever keeps a dictionary."""

    def is_shown(self, request):
        return options.keeps_any(viewer_of(request.user))


@hooks.register("register_settings_menu_item")
def dictionaries():
    return DictionariesItem(_("Dictionaries"), reverse("dictionaries"), icon_name="list-ul", order=600)
