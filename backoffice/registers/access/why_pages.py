"""“Why is this seen?”: for oneself on every record one sees, for others where one decides about their access."""

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ..scope import viewer_of
from ..screens import addresses
from ..screens.frame import RecordFrame
from . import giving, why


class WhyView(RecordFrame):
    template_name = "access/why.html"

    def get_page_title(self):
        return _("Who sees what, and why")

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()[:-1]
        return [
            *items,
            {"url": addresses.record_url(self.row), "label": self.name},
            {"url": "", "label": self.get_page_title()},
        ]

    @cached_property
    def people(self):
        """The accounts about which the viewer may ask, beside their own."""
        return list(giving.colleagues(self.viewer)) if giving.may_give(self.viewer) else []

    @cached_property
    def person(self):
        """The account that is asked about; 404 for one the viewer may not ask about."""
        asked = self.request.GET.get("person", "")
        if asked in ("", str(self.request.user.pk)):
            return self.request.user
        found = next((user for user in self.people if str(user.pk) == asked), None)
        if found is None:
            raise Http404
        return found

    def get(self, request, *args, **kwargs):
        viewer = viewer_of(self.person)
        inside, reasons = why.reach(self.register, self.row, viewer)
        known = set(self.register.fields_for(self.viewer))
        # Whoever asks learns nothing of fields that do not exist for themselves.
        verdicts = [one for one in why.fields(self.register, self.row, viewer) if one.name in known]
        return self.page(
            people=[(user.pk, get_user_display_name(user)) for user in self.people],
            person=self.person,
            who=get_user_display_name(self.person),
            myself=self.person == request.user,
            inside=inside,
            reasons=reasons,
            verdicts=verdicts if inside else [],
            back_url=addresses.record_url(self.row),
        )
