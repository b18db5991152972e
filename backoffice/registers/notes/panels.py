"""A small inbox on the first page: where I was named."""

from django.utils.text import capfirst
from wagtail.admin.ui.components import Component
from wagtail.admin.utils import get_user_display_name

from .. import catalogue
from ..scope import viewer_of
from ..screens import addresses, pages
from .models import Mention

SHOWN = 6
# Records may have left my reach since: a few more are looked at than are shown.
LOOKED_AT = 24


class MentionsPanel(Component):
    """The latest comments that name me, on records I see today; those I have not read come first."""

    name = "mentions"
    template_name = "notes/home_mentions.html"
    order = 90

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        viewer = viewer_of(user)
        mentions = Mention.objects.filter(user=user, comment__withdrawn_at=None)
        mentions = mentions.select_related("comment__author__wagtail_userprofile").order_by("-pk")[:LOOKED_AT]
        mentions = sorted(mentions, key=lambda mention: mention.seen_at is not None)
        rows = self.rows(viewer, mentions)
        lines = [
            self.line(mention, *rows[place], viewer)
            for mention in mentions
            if (place := (mention.comment.register, mention.comment.row)) in rows
        ]
        return {"lines": lines[:SHOWN]}

    def rows(self, viewer, mentions):
        """{(register code, row number): (register, row)} of the records in my reach: one query a register."""
        wanted = {}
        for mention in mentions:
            wanted.setdefault(mention.comment.register, set()).add(mention.comment.row)
        found = {}
        for register in catalogue.registers():
            if register.code in wanted and register.seen_by(viewer):
                rows = register.visible(viewer).filter(pk__in=wanted[register.code])
                found |= {(register.code, row.pk): (register, row) for row in pages.fetched(rows, register, [])}
        return found

    def line(self, mention, register, row, viewer):
        return {
            "who": get_user_display_name(mention.comment.author),
            "at": mention.at,
            "new": mention.seen_at is None,
            "icon": register.icon,
            "register": capfirst(register.label),
            "name": register.name_of(row, viewer, {row.pk}),
            "url": f"{addresses.record_url(row, 'comments')}#{mention.comment.public_id}",
        }
