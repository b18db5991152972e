"""The pattern of each number series, and every change of one."""

from django.conf import settings
from django.db import models

from backoffice.jobs import clock


class Series(models.Model):
    """How the numbers of a series are written; a series without a row follows `patterns.DEFAULT`."""

    code = models.CharField(max_length=40, unique=True)
    pattern = models.CharField(max_length=60)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.code}: {self.pattern}"


class PatternChange(models.Model):
    """One change of a pattern. Append-only; the audit log vouches for it through its change set."""

    series = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60)
    change_set = models.ForeignKey("registers.ChangeSet", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [models.Index(fields=["series", "-id"], name="pattern_changes")]

    def __str__(self):
        return f"{self.series}: {self.before} → {self.after}"
