from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from ..scope import viewer_of
from . import series


@hooks.register("register_admin_urls")
def addresses():
    from . import pages

    return [
        path("numbering/", pages.NumberingView.as_view(), name="numbering"),
        path("numbering/<str:series>/", pages.SeriesView.as_view(), name="numbering_series"),
    ]


class NumberingItem(MenuItem):
    """Shown to whoever keeps a number series."""

    def is_shown(self, request):
        return series.keeps_any(viewer_of(request.user))


@hooks.register("register_settings_menu_item")
def numbering():
    return NumberingItem(_("Numbering"), reverse("numbering"), icon_name="order", order=610)
