"""“Unusual looks”: who looked at more personal data in a day than people do here, for those who watch over them."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..audit import log, looks
from ..audit.models import Event
from ..models import Access
from . import watching
from .grant_pages import AccessFrame


class UnusualView(AccessFrame):
    template_name = "access/unusual.html"
    header_icon = "warning"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not watching.may_watch(self.viewer):
            raise Http404

    def get_page_title(self):
        return _("Unusual looks")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        looks.file()
        found = watching.unusual(self.viewer)
        names = watching.names({one.person for one in found})
        limits = [(capfirst(Access.Kind(kind).label), most) for kind, most in settings.ACCESS_UNUSUAL.items()]
        return self.page(
            lines=[self.line(one, names[one.person]) for one in found], days=watching.DAYS, limits=limits
        )

    def line(self, one, name):
        day = one.day.isoformat()
        url = f"{reverse('audit:log')}?{urlencode({'person': one.person, 'first': day, 'last': day})}"
        return {
            "day": one.day,
            "who": name,
            "counts": [
                (Event.Deed(kind).label, one.counts[kind], kind in one.over)
                for kind in settings.ACCESS_UNUSUAL
                if one.counts.get(kind)
            ],
            "url": url if log.reads_all(self.viewer) else "",
        }
