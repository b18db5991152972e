"""The tables of the audit log. The database refuses to change or delete what stands in them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..fields import PublicIdField


class Event(models.Model):
    """One entry: who did what to which record, and the digest of what was written.

    `entry` is the row number of the history row; an act or a look stands in its own table. The digest is salted, and
    the salt lies with the values: who redacts the values takes the salt along, and nobody can guess them from here.
    """

    class Deed(models.TextChoices):
        CREATED = "created", pgettext_lazy("record", "Created")
        CHANGED = "changed", _("Changed")
        VOIDED = "voided", _("Voided")
        UNVOIDED = "unvoided", _("Brought back")
        CLOSED = "closed", _("Change completed")
        CONFIGURED = "configured", _("Setting changed")
        REVEAL = "reveal", _("Revealed")
        EXPORT = "export", _("Exported")
        VIEW = "view", _("Viewed personal data")
        SEARCH = "search", _("Searched for a number")
        PRINT = "print", _("Printed")
        GRANT = "grant", _("Access given")
        REVOKE = "revoke", _("Access withdrawn")
        RULE = "rule", _("Rule of a field changed")
        REDACTED = "redacted", _("Redacted")

    WRITTEN = (Deed.CREATED, Deed.CHANGED, Deed.VOIDED, Deed.UNVOIDED)
    # What vouches for an act as a whole, not for a version of a record.
    ACTS = (Deed.CLOSED, Deed.CONFIGURED)
    LOOKS = (Deed.REVEAL, Deed.EXPORT, Deed.VIEW, Deed.SEARCH, Deed.PRINT)

    at = models.DateTimeField()
    deed = models.CharField(max_length=12, choices=Deed.choices)
    register = models.CharField(max_length=60)
    row = models.BigIntegerField(null=True)
    site = models.BigIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=12, blank=True)
    entry = models.BigIntegerField(null=True)
    change_set = models.ForeignKey(
        "registers.ChangeSet", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    access = models.ForeignKey(
        "registers.Access", on_delete=models.PROTECT, null=True, related_name="events", db_index=False
    )
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ("view", "export")
        indexes = [
            models.Index(fields=["register", "row", "-id"], name="event_of_row"),
            models.Index(fields=["actor", "-id"], name="event_of_actor"),
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(fields=["register", "deed", "-id"], name="event_of_deed"),
        ]

    def __str__(self):
        return f"{self.pk} {self.deed} {self.register} {self.row}"


class Seen(models.Model):
    """One of the records whose personal data a look at several showed."""

    access = models.ForeignKey("registers.Access", on_delete=models.PROTECT, related_name="records", db_index=False)
    register = models.CharField(max_length=40)
    row = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["register", "row", "-access"], name="seen_row"),
            models.Index(fields=["access"], name="seen_access"),
        ]

    def __str__(self):
        return f"{self.access_id} {self.register} {self.row}"


class Batch(models.Model):
    """A closed run of entries, `first` to `last`, chained to the one before by its head.

    While `head` is empty the batch waits until no older transaction can write into it: `horizon` is the first
    transaction number that was not given out when the batch was marked out. `leaves` are 16 bytes an entry, its
    number and the beginning of its hash, by which a break is found.
    """

    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField()
    horizon = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    leaves = models.BinaryField(default=b"")
    head = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.pk}: {self.first} – {self.last}"


class Redaction(models.Model):
    """Values taken out of a record and its history for good: asked for by one person, carried out by another."""

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    row = models.BigIntegerField()
    fields = models.JSONField()
    case = models.CharField(_("case"), max_length=60)
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    change_set = models.ForeignKey("registers.ChangeSet", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="redaction_by_two_persons",
                condition=models.Q(done_by=None) | ~models.Q(done_by=models.F("asked_by")),
            )
        ]

    def __str__(self):
        return f"{self.case} {self.register} {self.row}"


class Permit(models.Model):
    """Opens an append-only table for the length of one transaction: written and deleted in it, never committed.

    The triggers ask for it. What was done under a permit is told by a Redaction, or keeps every digest.
    """

    table = models.CharField(max_length=80, unique=True)

    def __str__(self):
        return self.table
