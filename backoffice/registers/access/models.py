"""Who may know more, or less, than a declaration says.

- `FieldRule`: what a manager said about one field of a register
- `Grant`: masked fields opened to one person for some hours, by somebody who may look behind the masks
- `GrantUse`: the looks at personal data that a grant made possible
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..definitions import known
from ..fields import PublicIdField
from ..masks import MASKS


class FieldRule(models.Model):
    """For whom a field exists, who may set it, and its mask. What changed, who did it and why is in the audit log.

    An added field's audience belongs to its definition, which is drafted and released; `seen_by` is then empty.
    """

    register = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    seen_by = models.JSONField(_("exists for these roles"), default=list, blank=True)
    changed_by = models.JSONField(_("is set by these roles"), default=list, blank=True)
    mask = models.CharField(
        _("mask"), max_length=12, blank=True, default="", choices=[(mask.code, mask.label) for mask in MASKS.values()]
    )

    class Meta:
        verbose_name = _("field rule")
        verbose_name_plural = _("field rules")
        constraints = [models.UniqueConstraint(fields=["register", "field"], name="field_rule_once")]

    def __str__(self):
        return f"{self.register}.{self.field}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        known.forget()


class Grant(models.Model):
    """`fields` of one record, or of all records at one site, shown in full to `receiver` from `since` until `until`.

    It widens nothing else: the receiver reaches the records and knows of the fields by their own position. `row` is
    None for all records; `site` then says where, None where the register knows no sites. Unless `may_export`, what
    was granted stays masked in files and for programs.
    """

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    row = models.BigIntegerField(null=True)
    site = models.BigIntegerField(null=True)
    fields = models.JSONField()
    may_export = models.BooleanField(_("may be exported"), default=False)
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("access grant")
        verbose_name_plural = _("access grants")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["receiver", "until"], name="grant_of_receiver"),
            models.Index(fields=["register", "row"], name="grant_of_row"),
        ]
        constraints = [
            models.CheckConstraint(name="grant_ends_later", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(name="grant_to_another", condition=~Q(receiver=F("given_by"))),
            models.CheckConstraint(name="grant_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="grant_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.register} {self.public_id}"

    def in_force(self, moment):
        return self.revoked_at is None and self.since <= moment < self.until


class GrantUse(models.Model):
    """One look at personal data that `grant` made possible."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="uses")
    access = models.ForeignKey("registers.Access", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "access"], name="grant_use_once")]

    def __str__(self):
        return f"{self.grant_id} {self.access_id}"
