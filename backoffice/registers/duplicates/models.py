"""What is known of records that may mean the same, and which were merged into which.

None of them is a record: they name records by `register` (its code) and row number.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backoffice.jobs import clock


class LikenessKey(models.Model):
    """A keyed hash of what rule number `rule` compares; living rows with the same one agree. Every search makes
    them anew."""

    register = models.CharField(max_length=40)
    rule = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=24)
    row = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["register", "rule", "key"], name="likeness_key")]

    def __str__(self):
        return f"{self.register} {self.rule} {self.row}"


class Member(models.Model):
    """`row` belongs to a group of records that may be the same, `group` being the lowest row number among them.
    `rules` are the numbers of the rules by which it agrees with another of them."""

    register = models.CharField(max_length=40)
    group = models.BigIntegerField()
    row = models.BigIntegerField()
    rules = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["register", "row"], name="member_of_one_group")]
        indexes = [models.Index(fields=["register", "group"], name="members_of_group")]

    def __str__(self):
        return f"{self.register} {self.group}: {self.row}"


class NotSame(models.Model):
    """Somebody looked at two records and said that they are not the same, and why. `first` is the lower number."""

    register = models.CharField(max_length=40)
    first = models.BigIntegerField()
    second = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["register", "first", "second"], name="not_same_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_in_order"),
        ]

    def __str__(self):
        return f"{self.register} {self.first} ≠ {self.second}"


class Merge(models.Model):
    """One act that merged records into the one with the row number `kept`. Not `active` while it is undone."""

    register = models.CharField(max_length=40)
    kept = models.BigIntegerField()
    change_set = models.OneToOneField("registers.ChangeSet", on_delete=models.PROTECT, related_name="merge")
    active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["register", "kept"], name="merges_into")]

    def __str__(self):
        return f"{self.register} → {self.kept}"


class Merged(models.Model):
    """`row` was merged away; `active` as long as its merge is. Into two records at once the database lets none."""

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="merged")
    register = models.CharField(max_length=40)
    row = models.BigIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["register", "row"], condition=Q(active=True), name="merged_into_one")
        ]

    def __str__(self):
        return f"{self.register} {self.row}"


class Moved(models.Model):
    """A file or comment that went along, and the row it came from."""

    class Kind(models.TextChoices):
        FILE = "file"
        DEED = "deed"
        COMMENT = "comment"

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moved")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.BigIntegerField()
    row = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.kind} {self.number}"
