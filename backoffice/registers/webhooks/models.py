"""Who is told of changes, what they were told, and how that went."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.jobs import clock

from ..fields import PublicIdField
from ..programs.models import SealedText


class Subscription(models.Model):
    """An address that is told of changes in some registers, in the name of `owner`: of the rows they see, as long as
    they configure those registers. `sequence` is the number of the last delivery."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address"), max_length=500)
    registers = models.JSONField(_("registers"), default=list)
    secret = SealedText()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(_("active"), default=True)
    sequence = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="removed_webhook_is_silent", condition=Q(removed_at=None) | Q(active=False)),
        ]

    def __str__(self):
        return self.name


class Delivery(models.Model):
    """One message to one subscription. `public_id` is its id there and stays the same however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "waiting")
        DELIVERED = "delivered", pgettext_lazy("message", "delivered")
        PARKED = "parked", pgettext_lazy("message", "set aside")

    public_id = PublicIdField()
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    # The row of the outbox; empty for a trial.
    event = models.BigIntegerField(null=True)
    sequence = models.PositiveBigIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    # Every attempt there was, and those that failed since somebody last asked for the message to be sent.
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="webhook_told_once"),
            models.UniqueConstraint(fields=["subscription", "sequence"], name="webhook_numbered_once"),
            models.CheckConstraint(
                name="webhook_waits_for_a_moment",
                condition=Q(state="waiting", next_at__isnull=False)
                | Q(state__in=["delivered", "parked"], next_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.subscription_id} {self.sequence}"


class Attempt(models.Model):
    """One time a message was sent, and what came back."""

    class Error(models.TextChoices):
        ADDRESS = "address", _("this address must not be called")
        UNKNOWN = "unknown", _("no such host")
        CONNECTION = "connection", _("no connection")
        SECURITY = "security", _("the certificate is not good")
        TIME = "time", _("no answer in time")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=clock.now)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=10, choices=Error, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_once")]

    def __str__(self):
        return f"{self.delivery_id} {self.number}: {self.status or self.error}"
