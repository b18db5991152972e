"""What the front door adds to Wagtail's admin, and the ways it takes out because `urls.REPLACED` closes them."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import SubmenuMenuItem

CLOSED_SETTINGS = {"users", "groups", "sites", "redirects"}
CLOSED_REPORTS = {"site-history", "page-types-usage", "aging-pages"}


@hooks.register("insert_global_admin_js")
def starter_script():
    return format_html('<script src="{}"></script>', static("frontdoor/starter.js"))


@hooks.register("construct_settings_menu")
def hide_closed_settings(request, items):
    items[:] = [item for item in items if item.name not in CLOSED_SETTINGS]


@hooks.register("construct_main_menu")
def plain_settings(request, items):
    """Wagtail writes its name and version below its settings."""
    for place, item in enumerate(items):
        if item.name == "settings":
            items[place] = SubmenuMenuItem(
                item.label, item.menu, name=item.name, icon_name=item.icon_name, order=item.order
            )


@hooks.register("construct_reports_menu")
def hide_closed_reports(request, items):
    items[:] = [item for item in items if item.name not in CLOSED_REPORTS]


@hooks.register("construct_help_menu")
def hide_help(request, items):
    """Wagtail's help lives on the internet; ours is in the handbook. Its list of keys stays."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


@hooks.register("construct_search")
def hide_user_search(request, areas):
    areas[:] = [area for area in areas if area.name != "users"]
