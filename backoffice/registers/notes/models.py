"""Files and comments of records, mentions in comments, and leases of people who are editing.

None of them is a record: they hang on one by `register` (its code) and `row` (its row number). What was done to a
file is kept in `AttachmentDeed`, every wording of a comment in `Wording`; both only grow.
"""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..fields import PublicIdField

# The folder of the storage in which files of records lie, and nothing else.
FOLDER = "attachments"


def stored_name(attachment, name):
    """Where a file lies: a random name, so that neither its own name nor a counter leads to it."""
    name = get_random_string(40).lower()
    return f"{FOLDER}/{name[:2]}/{name[2:]}"


class OfRecord(models.Model):
    """Something that hangs on one record."""

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    row = models.BigIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
        default_permissions = ()


class Attachment(OfRecord):
    """One file of a record. `kind` is a code of `policy.KINDS`, told by the content, never by the name.

    WAITING: a scanner is to look first. REFUSED: it found something, and the bytes are gone. A voided file keeps
    its bytes and is served to nobody.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being checked")
        READY = "ready", _("ready")
        REFUSED = "refused", _("refused by the virus scanner")

    file = models.FileField(storage=default_storage, upload_to=stored_name, max_length=200, blank=True)
    thumbnail = models.FileField(storage=default_storage, upload_to=stored_name, max_length=200, blank=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices)
    voided_at = models.DateTimeField(null=True)

    class Meta(OfRecord.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["register", "row", "-id"], name="attachment_of_row")]
        constraints = [
            models.CheckConstraint(name="attachment_state", condition=Q(state__in=["waiting", "ready", "refused"])),
        ]

    def __str__(self):
        return self.name


class AttachmentDeed(models.Model):
    """What was done to a file, by whom, why. Append-only."""

    class Kind(models.TextChoices):
        ADDED = "added", _("File added")
        VOIDED = "voided", _("File removed")
        RETURNED = "returned", _("File brought back")
        REFUSED = "refused", _("File refused by the virus scanner")

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="deeds")
    # Repeated from the attachment, so that a timeline finds its page in one index.
    register = models.CharField(max_length=60)
    row = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["register", "row", "-id"], name="attachment_deed_of_row")]

    def __str__(self):
        return f"{self.kind} {self.attachment_id}"


class Comment(OfRecord):
    """What somebody said about a record. A withdrawn one stays as a place where something stood."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(OfRecord.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["register", "row", "-id"], name="comment_of_row")]

    def __str__(self):
        return self.public_id


class Wording(models.Model):
    """One wording of a comment; the newest counts, earlier ones can be read. Append-only."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="wordings")
    at = models.DateTimeField(default=clock.now)
    text = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self):
        return f"{self.comment_id} {self.at:%Y-%m-%d %H:%M}"


class Mention(models.Model):
    """Somebody named in a comment, who could see its record then. `handle` is how they were named, without the @."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    handle = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-id"], name="mention_of_user")]
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]

    def __str__(self):
        return f"{self.comment_id} {self.handle}"


class Lease(models.Model):
    """Somebody has the form of a record open. `renewed_at` is wall time: moving business time ends no lease."""

    register = models.CharField(max_length=60)
    row = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    renewed_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["register", "row", "user"], name="lease_once")]
        indexes = [models.Index(fields=["renewed_at"], name="lease_age")]

    def __str__(self):
        return f"{self.register} {self.row} {self.user_id}"
