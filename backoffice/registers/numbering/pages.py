"""The screens of number series: what comes next in each, and how it is written."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from ..screens.editing import REASON, reason_in
from ..screens.frame import HOME, Frame
from . import series


def title_of(columns):
    """What a series is called: by the fields it numbers, because people know it by nothing else."""
    return "、".join(f"{capfirst(c.register.label)} · {capfirst(c.label)}" for c in columns)


class NumberingFrame(Frame):
    """Shown to whoever keeps a series; to everybody else it does not exist."""

    header_icon = "order"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.kept:
            raise Http404

    @cached_property
    def kept(self):
        return series.kept_by(self.viewer)


class NumberingView(NumberingFrame):
    """Every series the viewer keeps, with its pattern and the number that comes next at each site."""

    template_name = "numbering/list.html"

    def get_page_title(self):
        return _("Numbering")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        found = [
            {"one": one, "name": title_of(one.columns), "url": reverse("numbering_series", args=[one.code])}
            for one in series.shown(self.viewer)
        ]
        return self.page(found=sorted(found, key=lambda line: line["name"]))


class SeriesView(NumberingFrame):
    """How one series is written: tried out first, then changed with a reason; and what was changed before."""

    template_name = "numbering/series.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.series = kwargs["series"]
        if self.series not in self.kept:
            raise Http404

    def get_page_title(self):
        return title_of(self.kept[self.series])

    def get_breadcrumbs_items(self):
        return [
            HOME,
            {"url": reverse("numbering"), "label": _("Numbering")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request, *args, **kwargs):
        return self.ask(series.pattern_of(self.series))

    def ask(self, pattern, mistake="", status=200):
        coming = [] if mistake else series.preview(self.series, pattern, self.viewer)
        return self.page(
            status,
            series=self.series,
            pattern=pattern,
            standing=series.pattern_of(self.series),
            coming=coming,
            mistake=mistake,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            places=self.places(),
            changes=[(change, get_user_display_name(change.actor)) for change in series.changes_of(self.series)],
        )

    def places(self):
        """[(place, what stands there)]"""
        return [
            ("{site}", _("the code of the site")),
            ("{series}", _("the letters of this series: %(series)s") % {"series": self.series}),
            ("{year}", _("the year with four digits; {yy} with two")),
            ("{n:04}", _("the running number, here filled up to four digits")),
        ]

    def post(self, request, *args, **kwargs):
        pattern, reason = request.POST.get("pattern", "").strip()[:60], reason_in(request)
        try:
            if "try" in request.POST:
                return self.ask(pattern)
            if not reason:
                return self.ask(pattern, _("Please give a reason."), 422)
            change = series.change_pattern(self.series, pattern, self.viewer, reason)
        except ValidationError as error:
            return self.ask(pattern, " ".join(error.messages), 422)
        messages.success(request, _("Saved.") if change else _("Nothing was changed."))
        return HttpResponseRedirect(reverse("numbering_series", args=[self.series]))
