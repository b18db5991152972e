"""Who comes to Wagtail's own screens of handbook, courses and talk scripts, where drafts are read by their titles.

Wagtail lets everybody with a way into its admin look at many of them: choosers, histories, previews, usage, reports.
Here the permission matrix is asked first, and whoever neither writes nor decides such texts finds nothing there.
"""

import re

from django.db.models import F, Q
from django.http import Http404
from django.urls import reverse
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from workflows.approvals.operations import takes_part
from workflows.releases.guard import governed_models
from workflows.releases.models import Released

# Behind these stand texts of every kind at once.
OF_ALL_KINDS = re.compile(r"reports/(locked|workflow|workflow_tasks)/|pages/usage/|workflows/|collections/")
OF_SCRIPTS = re.compile(r"scripts/|bulk/scripts/")
OF_PAGES = re.compile(r"pages/|choose-page/|bulk/wagtail|images/|documents/|tag-autocomplete/")
# The tree of all pages, for a menu that superusers alone have.
OF_SUPERUSERS = re.compile(r"api/main/")
PAGES_IN_ADDRESS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "pk")


class Doors:
    """Middleware, behind the one that knows who is signed in. Denied is 404."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        admin = reverse("wagtailadmin_home")
        inside = request.user.is_authenticated and request.path.startswith(admin)
        if inside and not _open(request.path.removeprefix(admin), request.user, kwargs):
            raise Http404


def _open(path, user, kwargs):
    if OF_SUPERUSERS.match(path):
        return user.is_superuser
    if OF_ALL_KINDS.match(path):
        return reads_reports(user)
    if OF_SCRIPTS.match(path):
        return any(takes_part(user, kind) for kind in governed_models() if not issubclass(kind, Page))
    if not OF_PAGES.match(path):
        return True
    if not any(takes_part(user, kind) for kind in governed_models() if issubclass(kind, Page)):
        return False
    if path.startswith("choose-page/"):
        return _linkable_with_all_above(kwargs.get("parent_page_id"), user)
    return not path.startswith("pages/") or all(
        _of_theirs(kwargs[name], user) for name in PAGES_IN_ADDRESS if name in kwargs
    )


class PagesOfTheirs(PagePermissionPolicy):
    """Wagtail's rights on pages, which know branches only, within the kinds of text somebody takes part in."""

    def instances_user_has_any_permission_for(self, user, actions):
        return theirs(super().instances_user_has_any_permission_for(user, actions), user)

    def explorable_instances(self, user):
        return theirs(super().explorable_instances(user), user)


def _of_theirs(pk, user):
    page = Page.objects.filter(pk=pk).only("content_type").first()
    kind = page.specific_class if page else None
    return kind is None or not issubclass(kind, Released) or takes_part(user, kind)


def reads_reports(user):
    """Whether `user` takes part in every kind of text; reports show them all at once."""
    return all(takes_part(user, kind) for kind in governed_models())


def _linkable_with_all_above(pk, user):
    page = Page.objects.filter(pk=pk).first() if pk else None
    if page is None:
        return True
    line = page.get_ancestors(inclusive=True)
    return linkable(line, user).count() == line.count()


def theirs(pages, user):
    """Those of a queryset of pages that `user` writes or decides on, and the shelves they stand on."""
    foreign = _foreign(user)
    return pages.not_exact_type(*foreign) if foreign else pages


def linkable(pages, user):
    """What `user` may link to: the pages of `theirs`, and released ones under the title that readers know."""
    foreign = _foreign(user)
    if not foreign:
        return pages
    known = Q(live=True, draft_title=F("title"))
    # By their numbers: a search takes no conditions on fields outside its index.
    return pages.filter(pk__in=Page.objects.filter(~Page.objects.exact_type_q(*foreign) | known).values("pk"))


def _foreign(user):
    return [kind for kind in governed_models() if issubclass(kind, Page) and not takes_part(user, kind)]
