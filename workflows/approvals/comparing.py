"""Two versions of a text beside each other, for whoever writes such texts or decides on them.

Takes the place of Wagtail's comparison, which asks for a right to edit and shows stored values as they are.
"""

import re

from django.db import models
from django.http import Http404
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.compare import FieldComparison, TextDiff, register_comparison_class
from wagtail.admin.views.generic.models import RevisionsCompareView
from wagtail.admin.views.pages.utils import GenericPageBreadcrumbsMixin
from wagtail.models import Page

from workflows.releases.models import Released

from . import operations

MARKED = re.compile(r'class="(?:[^"]* )?(?:addition|deletion)"')


class PlainComparison(FieldComparison):
    """Values in words: dates as people write them, yes and no, the names of what was ticked, a dash for nothing."""

    def htmldiff(self):
        before, after = self.in_words(self.val_a), self.in_words(self.val_b)
        if before == after:
            return escape(after)
        return TextDiff([("deletion", before), ("addition", after)], separator=" ").to_html()

    def in_words(self, value):
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if value in (None, "", []):
            return "—"
        if isinstance(value, list):
            names = dict(getattr(self.field.formfield(), "choices", ()))
            return _(", ").join(str(names.get(one, one)) for one in value)
        return date_format(value) if hasattr(value, "year") else str(value)


for kind in (models.DateField, models.BooleanField, models.IntegerField, models.JSONField):
    register_comparison_class(kind, comparison_class=PlainComparison)


class Comparison(RevisionsCompareView):
    """Any two versions of a text of `model`."""

    # Wagtail's own date: nothing people write.
    LEFT_OUT = {"first_published_at"}
    # Who writes such texts or decides them.
    VERBS = "ea"

    def get_object(self, queryset=None):
        found = super().get_object(queryset)
        target = getattr(found, "specific", found)
        if not isinstance(target, Released) or not operations.takes_part(self.request.user, target, self.VERBS):
            raise Http404
        return target

    def get_edit_handler(self):
        return self.object.get_edit_handler() if isinstance(self.object, Page) else super().get_edit_handler()

    def get_edit_url(self):
        return AdminURLFinder(self.request.user).get_edit_url(self.object)

    def get_history_url(self):
        return super().get_history_url() if self.get_edit_url() else None

    def _get_comparison(self, revision_a, revision_b):
        found = super()._get_comparison(revision_a, revision_b)
        return [one for one in found if self._counts(one)]

    def _counts(self, one):
        """The editor stores the same words anew; only what reads differently is a change."""
        if getattr(getattr(one, "field", None), "name", "") in self.LEFT_OUT:
            return False
        return not one.is_field or bool(MARKED.search(str(one.htmldiff())))


class PageComparison(GenericPageBreadcrumbsMixin, Comparison):
    model = Page
    history_url_name = "wagtailadmin_pages:history"
    header_icon = "doc-empty-inverse"
    breadcrumbs_items_to_take = 2

    def get_page_subtitle(self):
        return self.object.get_admin_display_title()
