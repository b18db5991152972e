"""The change sets: one's own acts, and of registers one configures or by the audit right everybody's."""

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from .. import catalogue
from ..audit import log
from ..models import ChangeSet
from . import addresses
from .frame import HOME, Frame

SIZE = 50


def readable(viewer):
    """The change sets in the list of `viewer`."""
    known = {register.code: register for register in catalogue.registers()}
    if log.reads_all(viewer) and (viewer.everything or any(seat.site is None for seat in viewer.seats)):
        return ChangeSet.objects.filter(register__in=known)
    seen = [code for code, register in known.items() if register.seen_by(viewer)]
    led = [code for code in seen if any(seat.site is None for seat in viewer.seats_that(known[code], "configure"))]
    return ChangeSet.objects.filter(Q(actor=viewer.user.pk, register__in=seen) | Q(register__in=led))


class ChangeSetsView(Frame):
    """Who changed what, an act a line, the latest first, with the way to take it back."""

    template_name = "registers/change_sets.html"
    header_icon = "history"

    def get_page_title(self):
        return _("Changes")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": reverse("changes:index"), "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        asked = log.Asked.of(request.GET)
        sets = readable(self.viewer)
        for name, value in (("register", asked.register), ("channel", asked.channel), ("actor", asked.person)):
            if value:
                sets = sets.filter(**{name: value})
        if asked.before:
            sets = sets.filter(pk__lt=asked.before)
        related = ("actor__wagtail_userprofile", "undone_by")
        found = list(sets.none() if asked.problem else sets.select_related(*related).order_by("-pk")[: SIZE + 1])
        here = reverse("changes:index")
        older = asked.parameters | {"before": found[SIZE - 1].pk} if len(found) > SIZE else None
        return self.page(
            422 if asked.problem else 200,
            lines=[self.line(change_set) for change_set in found[:SIZE]],
            asked=asked,
            registers=[
                (register.code, capfirst(register.label_plural))
                for register in catalogue.registers()
                if register.seen_by(self.viewer)
            ],
            channels=ChangeSet.Channel.choices,
            here=here,
            newest_url=f"{here}?{urlencode(asked.parameters)}" if asked.before else "",
            older_url=f"{here}?{urlencode(older)}" if older else "",
        )

    def line(self, change_set):
        register = catalogue.get(change_set.register)
        reached = change_set.actor_id == self.viewer.user.pk or register.seen_by(self.viewer)
        return {
            "change_set": change_set,
            "url": addresses.change_set_url(change_set) if reached else "",
            "register": capfirst(register.label_plural),
            "icon": register.icon,
            "who": get_user_display_name(change_set.actor),
            "undone": getattr(change_set, "undone_by", None) is not None,
        }
