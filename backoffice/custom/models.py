"""The tables behind the registers that managers make in the browser.

- `RegisterDefinition`: one register, its plan in force and the one being prepared
- `Entry`: the records of all such registers, each row belonging to one definition
"""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from backoffice.jobs import clock
from backoffice.organisation.fields import StaffField
from backoffice.registers.definitions import known
from backoffice.registers.fields import AmountField, SiteField, TextField
from backoffice.registers.models import Record, not_voided


class RegisterDefinition(models.Model):
    """One register as its manager describes it.

    `plan` is in force, `draft` is being prepared; both have the shape of `plans.Plan`. A definition that was never
    released is a draft, one that was closed can be read and no more. Nothing is ever deleted.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    plan = models.JSONField(default=dict, blank=True, editable=False)
    draft = models.JSONField(default=dict, blank=True, editable=False)
    # Counts the releases and closings: a process that knows an older one reads the register afresh.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        default_permissions = ("make",)
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["code"]

    def __str__(self):
        return self.code

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        known.forget()

    @property
    def in_force(self):
        return self.released_at is not None and self.closed_at is None

    def named(self):
        """What the register is called in the active language, as released or else as prepared."""
        plan = self.plan or self.draft
        english = (get_language() or "").startswith("en") and plan.get("label_en")
        return english or plan.get("label") or self.code


class Entry(Record):
    """One record of a register that a manager made. Which of these columns it uses, and under which names, its
    definition says; whatever else it holds are added fields."""

    definition = models.ForeignKey(RegisterDefinition, on_delete=models.PROTECT, editable=False, related_name="+")
    site = SiteField(null=True, blank=True)
    number = TextField(_("number"), max_length=40, blank=True, default="", editable=False)
    title = TextField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=20, blank=True, default="")
    owner = StaffField(_("person in charge"), null=True, blank=True)
    day = models.DateField(_("date"), null=True, blank=True)
    amount = AmountField(_("amount"), null=True, blank=True)

    class Meta(Record.Meta):
        default_permissions = ()
        verbose_name = _("record")
        verbose_name_plural = _("records")
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "number"], condition=~models.Q(number=""), name="custom_entry_number_once"
            )
        ]
        indexes = [
            models.Index(fields=["definition", "site", "-id"], condition=not_voided(), name="custom_entry_list"),
            models.Index(fields=["definition", "-id"], name="custom_entry_newest"),
            models.Index(fields=["definition", "owner", "-id"], name="custom_entry_owner"),
            models.Index(fields=["definition", "created_by", "-id"], name="custom_entry_entered"),
            models.Index(fields=["definition", "state"], name="custom_entry_state"),
            models.Index(fields=["definition", "title"], name="custom_entry_title"),
        ]

    def __str__(self):
        return self.number or self.public_id
