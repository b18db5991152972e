"""The voided records of one register: who voided them, when and why, and the way back."""

from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ...screens import addresses, searches
from ...screens.frame import RegisterFrame
from ...screens.pages import fetched
from .. import log
from ..models import Event


class RecycleView(RegisterFrame):
    """Read from the log's entries of voiding, the latest first, as far as the viewer sees the records."""

    template_name = "audit/recycle.html"

    def get_page_title(self):
        return _("Voided records")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    @cached_property
    def asked(self):
        return log.Asked.of(self.request.GET)

    @cached_property
    def token(self):
        return self.request.GET.get("s", "")

    @cached_property
    def words(self):
        return searches.kept(self.request.session, self.token) or "" if self.token else ""

    def post(self, request, *args, **kwargs):
        """What is searched for may be a telephone: it goes into the session, a token into the address."""
        kept = {name: value for name in ("person", "first", "last") if (value := request.POST.get(name, "").strip())}
        if words := request.POST.get("q", "").strip()[:100]:
            kept["s"] = searches.keep(request.session, words)
        return HttpResponseRedirect(f"{addresses.list_url(self.register, 'recycle')}?{urlencode(kept)}")

    @cached_property
    def events(self):
        rows = self.register.at_site(self.register.visible(self.viewer), self.viewer).filter(voided_at__isnull=False)
        if self.words:
            rows = self.register.finding(rows, self.words, self.viewer)
        later = Event.objects.filter(
            register=OuterRef("register"), row=OuterRef("row"), deed__in=Event.WRITTEN, pk__gt=OuterRef("pk")
        )
        voided = Event.objects.filter(register=self.register.code, deed=Event.Deed.VOIDED, row__in=rows.values("pk"))
        return self.asked.narrowed(voided.filter(~Exists(later)))

    def get(self, request, *args, **kwargs):
        found, more = log.page(self.events, self.asked.before)
        here = addresses.list_url(self.register, "recycle")
        kept = self.asked.parameters | ({"s": self.token} if self.words else {})
        return self.page(
            422 if self.asked.problem else 200,
            lines=self.lines(found),
            asked=self.asked,
            words=self.words,
            people=log.people(),
            here=here,
            newest_url=f"{here}?{urlencode(kept)}" if self.asked.before else "",
            older_url=f"{here}?{urlencode(kept | {'before': more})}" if more else "",
        )

    def lines(self, events):
        numbers = [event.row for event in events]
        rows = fetched(self.register.model.rows.filter(pk__in=numbers), self.register, []).in_bulk()
        allowed = set(
            self.register.changeable(self.viewer, "void").filter(pk__in=numbers).values_list("pk", flat=True)
        )
        return [
            {
                "name": self.register.name_of(rows[event.row], self.viewer, set(rows)),
                "url": addresses.record_url(rows[event.row]),
                "at": event.at,
                "who": get_user_display_name(event.actor),
                "reason": event.change_set.reason,
                "channel": event.change_set.get_channel_display(),
                "change_url": addresses.change_set_url(event.change_set),
                "back_url": addresses.record_url(rows[event.row], "unvoid") if event.row in allowed else "",
            }
            for event in events
        ]
