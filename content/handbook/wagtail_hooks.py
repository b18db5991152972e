"""The editors' way in: menu entries, the frame of what an editor may press, and the withdrawal."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from backoffice.organisation.authority import allows
from content.doors import PagesOfTheirs, linkable, reads_reports
from content.explorer import ReleasedPages

# First: a policy cannot be registered any more once something asked for it.
register_permission_policy(Page, PagesOfTheirs(Page))


class BranchItem(MenuItem):
    """A menu entry that opens one branch of the page tree, for people who write in it."""

    def __init__(self, label, system, find, **kwargs):
        self.system, self.find = system, find
        super().__init__(label, "", **kwargs)

    @cached_property
    def _page(self):
        return self.find()

    def is_shown(self, request):
        user = request.user
        return user.is_superuser or allows(user, self.system, "e") or allows(user, self.system, "c")

    def render_component(self, request):
        page = self.find()
        self.url = reverse("wagtailadmin_explore", args=[page.pk]) if page else reverse("wagtailadmin_home")
        return super().render_component(request)


def _handbook():
    from .models import Book, ContentRoot

    return Book.objects.order_by("path").first() or ContentRoot.objects.first()


def _courses():
    from content.training.models import Catalogue

    return Catalogue.objects.first()


@hooks.register("register_admin_viewset")
def released_pages():
    return ReleasedPages()


@hooks.register("register_admin_menu_item")
def handbook_item():
    return BranchItem(_("Handbook"), "handbook", _handbook, name="handbook", icon_name="openquote", order=100)


@hooks.register("register_admin_menu_item")
def courses_item():
    return BranchItem(_("Courses"), "courses", _courses, name="courses", icon_name="tasks", order=120)


@hooks.register("construct_main_menu")
def one_way_in(request, items):
    """Wagtail's own page explorer would show the content root and nothing an editor looks for."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "explorer"]


@hooks.register("construct_page_chooser_queryset")
def what_may_be_linked(pages, request):
    return linkable(pages, request.user)


@hooks.register("construct_reports_menu")
def reports_on_texts(request, items):
    if not reads_reports(request.user):
        items[:] = [item for item in items if item.name not in ("locked-pages", "workflows", "workflow-tasks")]
