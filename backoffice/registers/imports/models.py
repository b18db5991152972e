"""What an upload leaves in the database: the batch, its staged rows, and what people taught the import.

Source: reliability.md 1.4; systems.md 0.3 rule 6.
"""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..fields import PublicIdField

# How long the bytes of an upload are kept; digest, counts and staged originals of refused rows stay longer.
KEEP = timedelta(days=7)
# For how long an upload of the same bytes is asked about.
SAME_FILE_WITHIN = timedelta(hours=24)


def stored_name(batch, name):
    """Where an upload lies: a random name, so that neither its own name nor a counter leads to it."""
    return f"imports/{get_random_string(32)}"


def keep_until():
    return clock.now() + KEEP


class ImportBatch(models.Model):
    """One uploaded file on its way into one register at one site.

    `mapping` holds only what a person changed: {sheet: {column letters: field or ""}}. `answers` are the words a
    person explained: {dictionary: {spelling: code or None}}. `options`: {"sheets": [names] or absent,
    "visible_only": bool}. `reading` is what the reader found: sheets, mapping, questions, sums, counts by reason.
    `digest` covers everything that confirming agrees to.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting to be read")
        READING = "reading", _("Being read")
        NEEDS_ANSWERS = "needs_answers", _("Needs answers")
        PREVIEWED = "previewed", _("Ready to confirm")
        APPLYING = "applying", _("Being written")
        DONE = "done", _("Imported")
        REJECTED = "rejected", _("Refused")
        CANCELLED = "cancelled", _("Discarded")
        FAILED = "failed", _("Stopped")

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    site = models.ForeignKey("organisation.SalesSite", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, default="import")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(default=keep_until)
    file = models.FileField(storage=default_storage, upload_to=stored_name, blank=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    reason = models.CharField(max_length=60, blank=True, default="")
    sentence = models.TextField(blank=True, default="")
    mapping = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    reading = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    change_set = models.OneToOneField(
        "registers.ChangeSet", null=True, on_delete=models.PROTECT, related_name="import_batch"
    )
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(
                    state__in=[
                        "uploaded",
                        "reading",
                        "needs_answers",
                        "previewed",
                        "applying",
                        "done",
                        "rejected",
                        "cancelled",
                        "failed",
                    ]
                ),
            ),
            models.CheckConstraint(name="import_rejected_has_reason", condition=~Q(state="rejected") | ~Q(reason="")),
            models.CheckConstraint(
                name="import_done_has_change_set", condition=~Q(state="done") | Q(change_set__isnull=False)
            ),
            models.CheckConstraint(
                name="import_previewed_has_digest", condition=~Q(state__in=["previewed", "applying"]) | ~Q(digest="")
            ),
        ]
        indexes = [
            models.Index(name="import_of_owner", fields=["owner", "register", "-id"]),
            models.Index(name="import_same_file", fields=["owner", "sha256"]),
            models.Index(name="import_to_expire", fields=["expires_at"], condition=~Q(file="")),
        ]

    def __str__(self):
        return f"{self.register} {self.public_id}"

    @property
    def same_file(self):
        """The latest import of the same bytes by the same person a day before this one at most, or None."""
        earlier = ImportBatch.objects.filter(
            owner=self.owner_id,
            register=self.register,
            sha256=self.sha256,
            pk__lt=self.pk,
            created_at__gt=self.created_at - SAME_FILE_WITHIN,
        )
        return earlier.exclude(state__in=[self.State.CANCELLED, self.State.REJECTED, self.State.UPLOADED]).first()

    @property
    def stage(self):
        """How the import stands, in a word: the state, and after it whether it was taken back."""
        undone_by = getattr(self.change_set, "undone_by", None) if self.change_set_id else None
        if undone_by is None:
            return str(self.get_state_display())
        return str(_("Undone") if undone_by.finished_at else _("Being undone"))


class ImportRow(models.Model):
    """One line of the file as staged: what is to be written, what was read, and why not.

    `action` is what will be, or was, done with it; `done` says that the apply has decided. `values` are the
    values to set, as JSON the record's fields take back; `originals` the cells as typed, {column letters: text}.
    `problems`: [{"kind": "refusal" | "warning", "code", "field", "column", "params"}]. `row_id` is the target,
    `base_version` the version the preview compared with.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("new")
        UPDATE = "update", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")
        CONFLICT = "conflict", _("changed meanwhile")
        SKIPPED = "skipped", _("left out")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    n = models.PositiveIntegerField()
    sheet = models.CharField(max_length=120)
    row = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    done = models.BooleanField(default=False)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    originals = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    warned = models.BooleanField(default=False)
    row_id = models.BigIntegerField(null=True)
    base_version = models.PositiveIntegerField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(name="import_row_once", fields=["batch", "n"]),
            models.CheckConstraint(
                name="import_row_action",
                condition=Q(action__in=["create", "update", "unchanged", "refused", "conflict", "skipped"]),
            ),
            models.CheckConstraint(
                name="import_row_update_has_target",
                condition=~Q(action__in=["update", "unchanged"])
                | Q(row_id__isnull=False, base_version__isnull=False),
            ),
            models.CheckConstraint(
                name="import_row_written_has_target",
                condition=~Q(action__in=["create", "update"], done=True) | Q(row_id__isnull=False),
            ),
            models.CheckConstraint(
                name="import_row_refused_has_reason", condition=~Q(action="refused") | ~Q(problems=[])
            ),
        ]
        indexes = [models.Index(name="import_row_action", fields=["batch", "action", "n"])]

    def __str__(self):
        return f"{self.sheet} {self.row}"


class RememberedMapping(models.Model):
    """What a person chose for the columns of a file of this shape. Site 0 stands for registers without sites.

    `mapping`: {sheet: {column letters: field or ""}}, where sheet is "" because names of sheets change.
    """

    register = models.CharField(max_length=60)
    site = models.PositiveBigIntegerField(default=0)
    shape = models.CharField(max_length=64)
    mapping = models.JSONField()
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="import_mapping_once", fields=["register", "site", "shape"]),
        ]

    def __str__(self):
        return f"{self.register} {self.shape[:8]}"


class RememberedAnswer(models.Model):
    """What a word in a spreadsheet means: an entry of the dictionary, or nothing when `code` is empty.

    Site 0 stands for registers without sites.
    """

    dictionary = models.CharField(max_length=40)
    site = models.PositiveBigIntegerField(default=0)
    spelling = models.CharField(max_length=200)
    code = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="import_answer_once", fields=["dictionary", "site", "spelling"]),
        ]

    def __str__(self):
        return f"{self.dictionary} {self.spelling}"
