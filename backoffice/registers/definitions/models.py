"""What managers add to registers in the browser: fields, and the tables that keep what JSON alone cannot promise.

- `FieldDefinition`: one added field; `key` is its name for ever, in rows, history, addresses and files
- `UniqueValue`: the values of unique added fields, so that the database itself refuses a second one
- `Link`: which rows an added field points to, derived from the rows, for the way back
- `DictionaryChange`: who changed the options of a dictionary, from what to what
"""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from backoffice.jobs import clock

from ..fields import PublicIdField
from . import known

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_key():
    """A name no model field has: nine signs behind an x."""
    return "x" + "".join(secrets.choice(_ALPHABET) for _ in range(9))


class Kind(models.TextChoices):
    """What an added field holds."""

    TEXT = "text", _("text")
    LONG_TEXT = "long_text", _("long text")
    INTEGER = "integer", _("whole number")
    QUANTITY = "quantity", _("number with decimals")
    AMOUNT = "amount", _("money (yuan)")
    DAY = "day", _("date")
    MOMENT = "moment", _("date and time")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("choice")
    CHOICES = "choices", _("several choices")
    STAFF = "staff", _("member of staff")
    RECORD = "record", _("record of a register")
    COMPUTED = "computed", _("computed")


class FieldDefinition(models.Model):
    """A field that a manager added to a register.

    What is in force stands in the columns. What is being prepared stands in `draft` as {column: value} and comes
    into force with the next release. A field is archived, never deleted: rows and their history keep its values.
    """

    # What may be prepared in a draft; kind and key never change once the field is released.
    DRAFTED = (
        "label", "label_en", "help_text", "help_text_en", "section", "position", "required", "unique", "default",
        "audience", "expression", "searched",
    )  # fmt: skip

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    register = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    label = models.CharField(_("name in Chinese"), max_length=40)
    label_en = models.CharField(_("name in English"), max_length=60, blank=True, default="")
    help_text = models.CharField(_("help in Chinese"), max_length=200, blank=True, default="")
    help_text_en = models.CharField(_("help in English"), max_length=200, blank=True, default="")
    section = models.CharField(_("section"), max_length=40, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place in the section"), default=0)
    required = models.BooleanField(_("required"), default=False)
    unique = models.BooleanField(_("no two records may have the same value"), default=False)
    default = models.JSONField(_("default value"), null=True, blank=True)
    audience = models.JSONField(_("only for these roles"), default=list, blank=True)
    target = models.CharField(_("register it points to"), max_length=60, blank=True, default="")
    expression = models.CharField(_("formula"), max_length=500, blank=True, default="")
    gives = models.CharField(_("what the formula gives"), max_length=12, choices=Kind.choices, blank=True, default="")
    searched = models.BooleanField(_("found by the search"), default=False)
    draft = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    # Whether lists shall find by its values with an index, and since when they do.
    index_wanted = models.BooleanField(default=False, editable=False)
    indexed_at = models.DateTimeField(null=True, editable=False)
    # The field of another kind that takes over its values.
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("added field")
        verbose_name_plural = _("added fields")
        ordering = ["register", "section", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "label"],
                condition=models.Q(archived_at__isnull=True),
                name="added_field_label_once",
                violation_error_message=_("This register already has a field of this name."),
            )
        ]

    def __str__(self):
        return self.label

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        known.forget()

    @property
    def dictionary(self):
        """The dictionary that holds the options of a choice."""
        return f"field:{self.key}"

    @property
    def in_force(self):
        return self.released_at is not None and self.archived_at is None

    def named(self):
        """Its name in the active language."""
        return self.label_en if (get_language() or "").startswith("en") and self.label_en else self.label

    def helped(self):
        return self.help_text_en if (get_language() or "").startswith("en") and self.help_text_en else self.help_text


class UniqueValue(models.Model):
    """One value of a unique added field, held by one living row."""

    key = models.CharField(max_length=12)
    value = models.CharField(max_length=64)  # the value itself, or its SHA-256 where it is longer
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "value"], name="added_value_once")]
        indexes = [models.Index(fields=["key", "row"], name="added_value_row")]

    def __str__(self):
        return f"{self.key} {self.row}"


class Link(models.Model):
    """`row` points to `target` through the added field `key`: an index of what the rows themselves say."""

    key = models.CharField(max_length=12)
    row = models.BigIntegerField()
    target = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "row", "target"], name="added_link_once")]
        indexes = [models.Index(fields=["key", "target"], name="added_link_target")]

    def __str__(self):
        return f"{self.key} {self.row} {self.target}"


class DictionaryChange(models.Model):
    """One act on a dictionary. `before` and `after` are {code: {attribute: value}} of what it changed; an entry it
    added has None before. Append-only."""

    public_id = PublicIdField()
    dictionary = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [models.Index(fields=["dictionary", "-id"], name="dictionary_changes")]

    def __str__(self):
        return f"{self.dictionary} {self.public_id}"
