"""Where the audit log stands in the admin: addresses and menu."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from ..scope import viewer_of
from . import log
from .screens.log import LogExportView, LogView

urlpatterns = [
    path("", LogView.as_view(), name="log"),
    path("export/", LogExportView.as_view(), name="export"),
]


class LogItem(MenuItem):
    """Called by what the reader finds there: the log, or their own acts."""

    def render_component(self, request):
        self.label = _("Audit log") if log.reads_all(viewer_of(request.user)) else _("What I did")
        return super().render_component(request)


@hooks.register("register_admin_urls")
def addresses_of_the_log():
    return [path("audit/", include((urlpatterns, "audit"), namespace="audit"))]


@hooks.register("register_admin_menu_item")
def menu():
    items = [
        MenuItem(_("Changes"), reverse("changes:index"), name="changes", icon_name="history", order=10),
        LogItem(_("Audit log"), reverse("audit:log"), name="audit-log", icon_name="list-ul", order=20),
        MenuItem(_("Access grants"), reverse("access_grants"), name="access-grants", icon_name="key", order=30),
    ]
    return SubmenuMenuItem(
        _("Changes and audit"), Menu(items=items), name="menu-audit", icon_name="history", order=900
    )
