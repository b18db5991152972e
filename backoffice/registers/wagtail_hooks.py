"""Where Wagtail's admin meets the registers: addresses, menu, first page."""

from django.urls import include, path
from wagtail import hooks
from wagtail.admin.views.home import LockedPagesPanel, RecentEditsPanel

from .screens import changesets
from .screens.editing import EditingView
from .screens.home import RecentChangesPanel, RegistersPanel
from .screens.viewset import MadeViewSet, menus, register_viewsets


@hooks.register("register_admin_viewset")
def registers():
    return register_viewsets()


@hooks.register("register_admin_urls")
def changes():
    return [
        MadeViewSet().addresses(),
        path("changes/", include((changesets.urlpatterns, "changes"), namespace="changes")),
        path("editing/<slug:code>/<public_id:key>/", EditingView.as_view(), name="notes_editing"),
    ]


@hooks.register("construct_main_menu")
def groups_of_registers(request, items):
    items += [group for group in menus() if group.is_shown(request)]


@hooks.register("construct_homepage_panels")
def panels(request, panels):
    """Ours beside what waits for approval; lists of edited and locked pages say nothing to most people here."""
    panels[:] = [panel for panel in panels if not isinstance(panel, RecentEditsPanel | LockedPagesPanel)]
    panels += [RegistersPanel(), RecentChangesPanel()]


@hooks.register("construct_homepage_summary_items")
def no_summary(request, items):
    """The counts of pages, images and documents make room for those of the registers."""
    items.clear()
