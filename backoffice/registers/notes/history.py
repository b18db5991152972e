"""What files and comments add to the timeline of a record."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.utils import get_user_display_name

from ..screens import addresses, timeline
from . import comments
from .models import Attachment, AttachmentDeed


@timeline.source
class Files(timeline.Source):
    """What was done to the files of the record."""

    name, label = "files", gettext_lazy("Files")

    def rows(self, asked):
        return AttachmentDeed.objects.filter(register=asked.register.code, row=asked.row.pk)

    def keys(self, asked, limit):
        return list(self.rows(asked).order_by("-pk").values_list("at", "pk")[:limit])

    def entries(self, asked, keys):
        deeds = self.rows(asked).filter(pk__in=keys).select_related("attachment", "actor__wagtail_userprofile")
        return {deed.pk: self.entry(asked, deed) for deed in deeds}

    def entry(self, asked, deed):
        file = deed.attachment
        served = file.state == Attachment.State.READY and file.voided_at is None
        return timeline.Entry(
            at=deed.at,
            kind=f"file-{deed.kind}",
            what=deed.get_kind_display(),
            who=get_user_display_name(deed.actor),
            reason=deed.reason,
            body=format_html("{}", file.name),
            url=addresses.record_url(asked.row, "file", file.public_id) if served else "",
            url_label=_("Download"),
        )


@timeline.source
class Comments(timeline.Source):
    """What was said about the record."""

    name, label = "comments", gettext_lazy("Comments")

    def keys(self, asked, limit):
        rows = comments.of_row(asked.register, asked.row)
        return list(rows.order_by("-pk").values_list("at", "pk")[:limit])

    def entries(self, asked, keys):
        rows = comments.of_row(asked.register, asked.row).filter(pk__in=keys)
        found = comments.read(asked.register, asked.row, asked.viewer, rows)
        return {said["comment"].pk: self.entry(asked, said) for said in found}

    def entry(self, asked, said):
        comment, what = said["comment"], _("Comment")
        if comment.withdrawn_at:
            what = _("Comment, withdrawn since")
        elif said["edited_at"]:
            what = _("Comment, edited since")
        return timeline.Entry(
            at=comment.at,
            kind="comment",
            what=what,
            who=get_user_display_name(comment.author),
            body=said["text"],
            url=f"{addresses.record_url(asked.row, 'comments')}#{comment.public_id}",
            url_label=_("To the comments"),
        )
