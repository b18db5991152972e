"""The first page after the login: how much there is in my registers, and what I changed last."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from .. import catalogue
from ..models import ChangeSet
from ..scope import viewer_of
from . import addresses, pages
from .menus import MENUS

RECENT = 8


class RegistersPanel(Component):
    """The registers I see, with the records in my reach and what I may do next."""

    name = "registers"
    template_name = "registers/home_registers.html"
    order = 100

    def get_context_data(self, parent_context):
        viewer = viewer_of(parent_context["request"].user)
        places = list(MENUS)
        seen = [register for register in catalogue.registers() if register.offered and register.seen_by(viewer)]
        seen.sort(key=lambda register: (places.index(register.menu), register.order))
        return {"cards": [self.card(register, viewer) for register in seen], "cap": pages.CAP}

    def card(self, register, viewer):
        rows = register.at_site(register.visible(viewer).filter(voided_at=None), viewer)
        return {
            "label": capfirst(register.label_plural),
            "icon": register.icon,
            "count": pages.capped_count(rows),
            "url": addresses.list_url(register),
            "add_url": addresses.list_url(register, "add") if register.may(viewer, "add") else None,
            "add_label": _("Add %(what)s") % {"what": register.label},
        }


class RecentChangesPanel(Component):
    """What I changed last, in any register, with the way back to it."""

    name = "recent_changes"
    template_name = "registers/home_changes.html"
    order = 240

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        viewer = viewer_of(user)
        known = {register.code: register for register in catalogue.registers() if register.seen_by(viewer)}
        mine = ChangeSet.objects.filter(actor=user, register__in=known, finished_at__isnull=False)
        return {
            "changes": [
                {
                    "change_set": change_set,
                    "url": addresses.change_set_url(change_set),
                    "register": capfirst(known[change_set.register].label_plural),
                    "icon": known[change_set.register].icon,
                }
                for change_set in mine.order_by("-pk")[:RECENT]
            ]
        }
