"""The page explorer and the editor's further screens, without what is refused here anyway.

Order follows the numbers, nothing has an address of Wagtail's own, and what may be done to many pages at once
is nothing: so no handles to drag, no ticks, no warning about a missing site.
"""

from wagtail.admin.ui.tables.pages import BulkActionsColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from workflows.approvals.comparing import PageComparison
from workflows.releases.operations import in_force

from .pages import ReleasedPage


def _without_ticks(columns):
    return [column for column in columns if not isinstance(column, BulkActionsColumn)]


class Explorer(ExplorableIndexView):
    results_template_name = "wagtailadmin/pages/index_results.html"
    sort_order_field = None
    base_columns = _without_ticks(ExplorableIndexView.base_columns)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        _look_up_releases([page for page in context["object_list"] if isinstance(page, ReleasedPage)])
        return context


def _look_up_releases(pages):
    """Where readers find each of `pages`, in one query instead of one for each row."""
    for model in {type(page) for page in pages}:
        rows = {str(page.pk): page for page in pages if type(page) is model}
        found = {release.object_id: release for release in in_force(model).filter(object_id__in=rows)}
        for pk, page in rows.items():
            page.release_in_force = found.get(pk) if page.live else None


class Found(SearchView):
    verbose_name = Page._meta.verbose_name
    verbose_name_plural = Page._meta.verbose_name_plural
    columns = _without_ticks(SearchView.columns)


class ReleasedPages(PageViewSet):
    model = Page
    index_view_class = Explorer
    search_view_class = Found
    revisions_compare_view_class = PageComparison
