"""What every record shares, and the tables that tell who changed what.

- `Record`: the base of everything a register keeps; saved by the door in `changes` and by nothing else
- `ChangeSet`: one human act on records; `RecordHistory` ties every history row to it
- `DictionaryEntry`: the values managers may choose from
- `SearchKey`: the side table by which records are found
- `HashedKey`: unique keys over values that are kept encrypted
- `Access`: personal data that was seen, found or taken, and by whom
"""

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from backoffice.jobs import clock

from . import dictionaries
from .audit import origin
from .fields import PublicIdField, new_salt
from .scope import EngineRows, GuardedRows


class OutsideDoor(Exception):
    """A record was about to be written by something other than the door."""


class HistoryRow(models.Model):
    """What the history adds to the columns of a record: the act it belongs to, where its values came from, and the
    salt of its digest in the audit log, which leaves with the values when these are redacted."""

    change_set = models.ForeignKey("registers.ChangeSet", on_delete=models.PROTECT, related_name="+", db_index=False)
    source_sheet = models.CharField(max_length=120, blank=True, default="")
    source_row = models.PositiveIntegerField(null=True, blank=True)
    salt = models.CharField(max_length=16, blank=True, default=new_salt, editable=False)

    class Meta:
        abstract = True


class Origin(models.Model):
    """Where an act came from: the caller's address and device, the login, the name of the token. Empty for workers
    and commands."""

    address = models.CharField(max_length=45, blank=True, default="", editable=False)
    device = models.CharField(max_length=60, blank=True, default="", editable=False)
    session = models.BigIntegerField(null=True, editable=False)
    token = models.CharField(max_length=60, blank=True, default="", editable=False)
    salt = models.CharField(max_length=16, blank=True, default=new_salt, editable=False)

    class Meta:
        abstract = True


class RecordHistory(HistoricalRecords):
    """simple-history's rows, written by the door instead of by signals, ordered by their sequence."""

    def __init__(self, **kwargs):
        super().__init__(**{"bases": [HistoryRow], "inherit": True, "related_name": None} | kwargs)

    def finalize(self, sender, **kwargs):
        """Narrower views of a table share its history."""
        if not sender._meta.proxy:
            super().finalize(sender, **kwargs)

    # The moment alone is never searched by: the index below serves the state of a row at a moment.
    _date_indexing = False

    def get_meta_options(self, model):
        indexes = [
            models.Index(fields=["id", "-history_id"], name=f"{model._meta.model_name[:18]}_hist_row"),
            models.Index(
                fields=["id", "-history_date", "-history_id"], name=f"{model._meta.model_name[:18]}_hist_at"
            ),
            models.Index(fields=["change_set", "history_id"], name=f"{model._meta.model_name[:18]}_hist_set"),
        ]
        return super().get_meta_options(model) | {"indexes": indexes, "ordering": ("-history_id",)}

    def post_save(self, *args, **kwargs):
        """The door writes history itself, in the same statement group as the rows."""

    post_delete = pre_delete = post_save


VERBS = ("add", "change", "void", "import", "export", "reveal", "approve", "configure")
REACHES = ("own", "team", "site")


class Record(models.Model):
    """One row of a register.

    Rows are never deleted: a voided row keeps its number and its history and leaves the lists. `version` counts
    writes, so that an editor who saw an older one is told. Unique keys are partial, over rows not voided.
    """

    public_id = PublicIdField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), editable=False)
    updated_at = models.DateTimeField(pgettext_lazy("time", "changed"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    voided_at = models.DateTimeField(pgettext_lazy("time", "voided"), null=True, editable=False)
    void_reason = models.CharField(_("reason of voiding"), max_length=200, blank=True, default="", editable=False)
    # The values of added fields: {key of the definition: value as plain JSON}.
    custom = models.JSONField(default=dict, blank=True, editable=False)

    history = RecordHistory()
    rows = EngineRows()
    objects = GuardedRows()

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
        default_permissions = tuple(f"view_{reach}" for reach in REACHES) + VERBS
        base_manager_name = default_manager_name = "rows"

    def __str__(self):
        return self.public_id

    def save(self, *args, **kwargs):
        raise OutsideDoor(f"{type(self).__name__}: write through registers.changes.apply().")

    def delete(self, *args, **kwargs):
        raise OutsideDoor(f"{type(self).__name__}: records are voided through registers.changes.apply().")

    @property
    def is_void(self):
        return self.voided_at is not None


def not_voided():
    """The condition of every unique key and index of records, so that a voided row frees its key."""
    return models.Q(voided_at__isnull=True)


class ChangeSet(Origin):
    """One human act on the records of one register: who, when, through which channel, why, and what it wrote."""

    class Channel(models.TextChoices):
        FORM = "form", _("form")
        LIST = "list", _("list")
        BULK = "bulk", _("bulk edit")
        IMPORT = "import", _("spreadsheet import")
        API = "api", _("API")
        APPROVAL = "approval", _("approval")
        UNDO = "undo", _("undo")
        TIMER = "timer", _("timer")
        SHELL = "shell", _("command line")
        SEED = "seed", _("demo data")

    public_id = PublicIdField()
    register = models.CharField(max_length=60, db_index=True)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    reason = models.CharField(max_length=200, blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    # The act on whose way this one was done, such as the import that brought along what its rows name. The two are
    # taken back together.
    within = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="on_the_way")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    voided = models.PositiveIntegerField(default=0)
    kept = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="change_set_undo_has_target",
                condition=models.Q(channel="undo", undoes__isnull=False) | ~models.Q(channel="undo"),
            ),
        ]

    def __str__(self):
        return f"{self.register} {self.public_id}"

    @property
    def touched(self):
        return self.created + self.updated + self.voided


class DictionaryEntry(models.Model):
    """One value of a dictionary. The code is stored in records and never changes."""

    dictionary = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=40)
    label_en = models.CharField(max_length=60, blank=True, default="")
    aliases = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dictionary", "code"], name="dictionary_code_once")]

    def __str__(self):
        return self.label

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        dictionaries.forget()


class SearchKey(models.Model):
    """A gram or a keyed hash under which one record of one register is found."""

    register = models.CharField(max_length=40)
    row = models.BigIntegerField()
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key", "row"], name="search_key_once")]
        indexes = [models.Index(fields=["register", "row"], name="search_key_row")]

    def __str__(self):
        return f"{self.register} {self.row}"


class HashedKey(models.Model):
    """A unique key of a register over a value that is kept encrypted, as a keyed hash: what a constraint of the
    table cannot see. Rows not voided hold one for each such key."""

    register = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    value = models.CharField(max_length=24)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key", "value"], name="hashed_key_once")]
        indexes = [models.Index(fields=["register", "row"], name="hashed_key_row")]

    def __str__(self):
        return f"{self.register} {self.key} {self.row}"


class Access(Origin):
    """Personal data that was seen, found, printed or taken, and what opened or closed it to somebody: what, by whom,
    and the reason given. Append-only."""

    class Kind(models.TextChoices):
        REVEAL = "reveal", _("reveal")
        EXPORT = "export", _("export")
        VIEW = "view", _("view")
        SEARCH = "search", _("search for a number")
        PRINT = "print", _("print")
        GRANT = "grant", _("access given")
        REVOKE = "revoke", _("access withdrawn")
        RULE = "rule", _("rule of a field")

    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=40)
    # The one record that was looked at; of several, such as the rows of a list, `seen` holds the row numbers.
    row = models.BigIntegerField(null=True)
    seen = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=1)
    # Whether it stands in the audit log. What pages show is noted by one insert and filed by `audit.looks.file`.
    filed = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["register", "row", "-id"], name="access_of_row"),
            models.Index(fields=["id"], condition=models.Q(filed=False), name="access_unfiled"),
            models.Index(fields=["actor", "at"], condition=models.Q(kind="reveal"), name="access_reveals"),
        ]

    def __str__(self):
        return f"{self.kind} {self.register} {self.row}"

    def save(self, *args, **kwargs):
        """Once, together with its entry in the audit log unless that is left to be filed."""
        from .audit import events

        origin.stamp(self)
        if not self.filed:
            super().save(*args, **kwargs | {"force_insert": True})
            return
        with transaction.atomic():
            super().save(*args, **kwargs | {"force_insert": True})
            events.of_accesses([self])
