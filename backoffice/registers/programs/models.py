"""What is known of a program: the token it shows, and what it was answered."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..encryption import Encrypted
from ..fields import PublicIdField

LONGEST = timedelta(days=366)


class AccessToken(models.Model):
    """A secret by which a program acts for a person: never beyond what that person may do at that moment.

    Only a digest of the secret is kept. `hint` are its first signs, by which its owner recognises it. `registers`
    holds codes; empty, the token reaches every register its owner reaches.
    """

    class Scope(models.TextChoices):
        READ = "read", _("read only")
        WRITE = "write", _("read and write")

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.READ)
    registers = models.JSONField(_("registers"), default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=45, blank=True, default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="access_token_ends_within_a_year",
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST),
            ),
            models.CheckConstraint(name="access_token_scope", condition=Q(scope__in=["read", "write"])),
            models.CheckConstraint(
                name="access_token_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="access_token_of_owner")]

    def __str__(self):
        return f"{self.name} ({self.hint}…)"

    @property
    def writes(self):
        return self.scope == self.Scope.WRITE

    def reaches(self, register):
        """Whether the token was made for `register`; whether its owner sees it is another question."""
        return not self.registers or register.code in self.registers


class SealedText(Encrypted, models.TextField):
    """Text that the database keeps encrypted."""


class KeptAnswer(models.Model):
    """What a writing request with an Idempotency-Key was answered, written in the transaction of what it did.

    `question` is a keyed hash of method, address and body; the answer may hold personal data, so it is encrypted.
    """

    LIFE = timedelta(hours=24)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    question = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = SealedText()
    created_at = models.DateTimeField(default=clock.now)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="answer_kept_once")]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_age")]

    def __str__(self):
        return f"{self.owner_id} {self.key}"
