"""Any two versions of a record beside each other."""

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from . import addresses
from .differences import differences, lines_between
from .record import RecordTab

OFFERED = 200


class CompareView(RecordTab):
    """What differs between two versions chosen from the timeline, and the way to bring single values back."""

    tab = "timeline"
    template_name = "registers/compare.html"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items()[:-1], *self.steps()]

    def steps(self):
        yield {"url": addresses.record_url(self.row), "label": self.name}
        yield {"url": addresses.record_url(self.row, "timeline"), "label": _("Timeline")}
        yield {"url": "", "label": _("Compare versions")}

    @cached_property
    def states(self):
        """[history row] of the latest versions, newest first."""
        history = self.register.history.objects.filter(id=self.row.pk)
        return list(history.select_related("change_set__actor__wagtail_userprofile").order_by("-pk")[:OFFERED])

    def version(self, parameter, default):
        """The history row of the version asked for as `parameter`; 404 where there is none."""
        asked = self.request.GET.get(parameter, "")
        if not asked:
            return default
        found = None
        if asked.isdigit() and len(asked) < 10:
            found = self.register.history.objects.filter(id=self.row.pk, version=int(asked)).first()
        if found is None:
            raise Http404
        return found

    def get(self, request, *args, **kwargs):
        newest = self.states[0]
        older = self.version("a", self.states[1] if len(self.states) > 1 else newest)
        newer = self.version("b", newest)
        (found,) = differences(self.register, [(older, newer, self.row)], self.viewer)
        found += lines_between(self.register, self.row, older, newer, self.viewer)
        return self.page(
            states=self.states,
            older=older,
            newer=newer,
            timeline_url=addresses.record_url(self.row, "timeline"),
            differences=[(item, self.restore_url(older, item)) for item in found],
        )

    def restore_url(self, state, item):
        """Where the older value of one field is brought back, or nothing where that changes nothing. Lines are
        brought back by undoing the change that touched them."""
        if item.field not in self.register.fields:
            return ""
        column = self.register.fields[item.field]
        fixed = column.read_only_for(self.viewer)
        if not self.restorable or fixed or state.voided_at or column.raw(state) == column.raw(self.row):
            return ""
        return addresses.record_url(self.row, "restore", state.version) + f"?field={item.field}"

    @cached_property
    def restorable(self):
        return not self.row.is_void and self.may("change")
