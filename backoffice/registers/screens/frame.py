"""The frame of every screen: who looks, what they may know of, and Wagtail's page around it."""

from django.db.models import Exists
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..changes import Denied
from ..scope import viewer_of
from . import addresses

HOME = {"url": reverse_lazy("wagtailadmin_home"), "label": _("Home")}


class Frame(WagtailAdminTemplateMixin, View):
    """A page in Wagtail's frame. What the viewer is denied does not exist: 404."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.viewer = viewer_of(request.user)

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Denied as denied:
            raise Http404 from denied

    def page(self, status=200, **context):
        return self.render_to_response(self.get_context_data(**context), status=status)


class RegisterFrame(Frame):
    """A screen of one register."""

    register = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.register.seen_by(self.viewer):
            raise Http404
        self.header_icon = self.register.icon

    def get_breadcrumbs_items(self):
        return [HOME, {"url": addresses.list_url(self.register), "label": capfirst(self.register.label_plural)}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(register=self.register, viewer=self.viewer, **kwargs)


class RecordFrame(RegisterFrame):
    """A screen of one record, `self.row`, which the viewer may see and apply `verb` to."""

    verb = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        rows = self.register.visible(self.viewer)
        if self.verb:
            rows = self.register.changeable(self.viewer, self.verb)
        rows = self.register.whole(rows.select_related("created_by"))
        self.row = get_object_or_404(rows, public_id=kwargs["key"])
        self.name = self.register.name_of(self.row, self.viewer, {self.row.pk})

    def may(self, verb):
        """Whether the viewer may apply `verb` (change, void, reveal or configure) to this very row."""
        return bool(self.facts[f"may_{verb}"])

    def asked(self):
        """{name: expression} of what the screen wants to know about its row, answered by one query as `facts`."""
        return {
            f"may_{verb}": Exists(self.register.changeable(self.viewer, verb).filter(pk=self.row.pk))
            for verb in ("change", "void", "reveal", "configure")
        }

    @cached_property
    def facts(self):
        asked = self.asked()
        return self.register.model.rows.filter(pk=self.row.pk).annotate(**asked).values(*asked).get()

    def get_page_title(self):
        return self.name

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": addresses.record_url(self.row), "label": self.name}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(row=self.row, name=self.name, **kwargs)
