"""What is done with comments, and how they are shown. Whoever calls has asked whether the person may."""

import re

from django.db import transaction
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from backoffice.jobs import clock
from backoffice.jobs.events import emit

from ..values import mask_numbers
from . import people
from .models import Comment, Mention, Wording

MAX_LENGTH = 2000
_LINKS = re.compile(r"https?://[^\s<>\"'，。；、！？（）《》]+", re.IGNORECASE)
# Signs that end a sentence rather than an address.
_TRAILING = ".,;:!?)]"


def of_row(register, row):
    return Comment.objects.filter(register=register.code, row=row.pk)


def holds_numbers(text):
    """Whether a telephone, identity or card number stands in `text`."""
    return mask_numbers(text) != text


def write(register, row, author, text):
    """(Comment, [handles of people who do not see the record and were not told])."""
    with transaction.atomic():
        comment = Comment.objects.create(register=register.code, row=row.pk, author=author)
        return comment, _say(comment, register, row, text)


def edit(comment, register, row, text):
    """A new wording; the earlier ones can still be read. Returns the handles that were not told, as `write`."""
    with transaction.atomic():
        return _say(comment, register, row, text)


def withdraw(comment):
    Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=clock.now())


def _say(comment, register, row, text):
    Wording.objects.create(comment=comment, text=text)
    told, not_told = people.named(register, row, text)
    known = set(comment.mentions.values_list("user", flat=True))
    new = {handle: user for handle, user in told.items() if user.pk not in known and user.pk != comment.author_id}
    Mention.objects.bulk_create(Mention(comment=comment, user=user, handle=handle) for handle, user in new.items())
    if new:
        told_of = {"register": register.code, "row": row.pk, "comment": comment.public_id}
        emit("comments.mentioned", told_of | {"users": sorted(user.pk for user in new.values())})
    return not_told


def seen(register, row, user):
    """`user` has read the comments of `row`."""
    mine = Mention.objects.filter(user=user, seen_at=None, comment__in=of_row(register, row))
    mine.update(seen_at=clock.now())


def read(register, row, viewer, comments):
    """[{"comment", "who", "text", "earlier": [(moment, text)], "mine"}] of `comments` as `viewer` may see them.

    Four queries, whatever their number.
    """
    comments = comments.select_related("author__wagtail_userprofile").prefetch_related("wordings", "mentions")
    return [_read(register, row, viewer, comment) for comment in comments]


def _read(register, row, viewer, comment):
    mine = comment.author_id == viewer.user.pk
    handles = [mention.handle for mention in comment.mentions.all()]

    def shown(wording):
        # What I typed myself is mine to see.
        text = wording.text if mine else register.values.prose(wording.text, row, viewer)
        return in_html(text, handles)

    *earlier, last = comment.wordings.all()
    gone = comment.withdrawn_at is not None
    return {
        "comment": comment,
        "text": "" if gone else shown(last),
        "plain": last.text if mine and not gone else "",
        "edited_at": last.at if earlier and not gone else None,
        "earlier": [] if gone else [(wording.at, shown(wording)) for wording in reversed(earlier)],
        "mine": mine and not gone,
    }


def in_html(text, handles=()):
    """Plain text as safe HTML: addresses become links, people named in it stand out, lines stay lines."""
    names = [re.escape(f"@{handle}") for handle in sorted(handles, key=len, reverse=True)]
    pieces = re.split(f"({'|'.join([_LINKS.pattern, *names])})", text, flags=re.IGNORECASE)
    # re.split puts what was looked for at the odd places.
    drawn = [_piece(piece) if place % 2 else _lines(piece) for place, piece in enumerate(pieces)]
    return mark_safe("".join(drawn))  # noqa: S308  every piece comes from format_html


def _piece(piece):
    if piece.startswith("@"):
        return format_html('<span class="mention">{}</span>', piece)
    address = piece.rstrip(_TRAILING)
    link = format_html('<a href="{0}" rel="nofollow noopener noreferrer" target="_blank">{0}</a>', address)
    return link + _lines(piece[len(address) :])


def _lines(text):
    return format_html("{}", text).replace("\r\n", "\n").replace("\n", mark_safe("<br>"))
