"""What the machinery remembers: jobs, events on their way, number series, and the shift of the clock.

These rows are never edited by people. They take no permissions of their own, and Wagtail's reference index,
which would look at every save, leaves them alone.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock


class Job(models.Model):
    """One piece of background work, the only truth about it; the queue merely wakes workers.

    `fence` grows with every start: the run that holds the newest one may write, all older ones are refused.
    `attempts` counts starts, before any work is done, since progress was last made.
    `lease_until` and `wake_at` are wall time, all other moments business time.
    """

    class State(models.TextChoices):
        QUEUED = "queued", gettext_lazy("Waiting")
        RUNNING = "running", gettext_lazy("Running")
        DONE = "done", gettext_lazy("Done")
        FAILED = "failed", gettext_lazy("Failed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        PARKED = "parked", gettext_lazy("Set aside")

    OPEN = (State.QUEUED, State.RUNNING)
    ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.PARKED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    language = models.CharField(max_length=10, blank=True)
    idempotency_key = models.CharField(max_length=200, null=True, unique=True)

    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    lease_until = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    run_after = models.DateTimeField(null=True)

    next_row = models.PositiveBigIntegerField(default=0)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = gettext_lazy("job")
        verbose_name_plural = gettext_lazy("jobs")
        constraints = [
            models.CheckConstraint(
                name="jobs_job_state",
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled", "parked"]),
            ),
            models.CheckConstraint(
                name="jobs_job_leased_while_running",
                condition=Q(state="running", lease_until__isnull=False)
                | ~Q(state="running") & Q(lease_until__isnull=True),
            ),
            models.CheckConstraint(
                name="jobs_job_finished_when_ended",
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True, wake_at__isnull=False)
                | Q(
                    state__in=["done", "failed", "cancelled", "parked"],
                    finished_at__isnull=False,
                    wake_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="jobs_job_progress",
                condition=Q(progress_total__isnull=True) | Q(progress_done__lte=F("progress_total")),
            ),
            models.CheckConstraint(name="jobs_job_max_attempts", condition=Q(max_attempts__gte=1)),
        ]
        indexes = [
            models.Index(
                name="jobs_job_to_wake",
                fields=["wake_at"],
                condition=Q(state__in=["queued", "running"]),
            ),
            models.Index(name="jobs_job_owner", fields=["owner", "-created_at"]),
            models.Index(name="jobs_job_kind", fields=["kind", "state"]),
        ]

    def __str__(self):
        return f"{self.kind} {self.public_id}"

    def as_progress(self) -> dict:
        """What a progress bar needs, as JSON. `percent` is 0 to 100, or None while the total is unknown.

        `error` is a sentence for the reader; what exactly broke stands in the log and in `Job.error`.
        """
        percent = 100 if self.state == self.State.DONE else None
        if percent is None and self.progress_total:
            percent = self.progress_done * 100 // self.progress_total
        error = self.error if self.state == self.State.FAILED else ""
        if self.state == self.State.PARKED:
            error = _("Stopped after %(count)d attempts. The administrators have been told.") % {
                "count": self.max_attempts
            }
        return {
            "id": str(self.public_id),
            "kind": self.kind,
            "state": self.state,
            "label": str(self.get_state_display()),
            "done": self.progress_done,
            "total": self.progress_total,
            "percent": percent,
            "message": self.progress_message,
            "error": error,
            "finished": self.state in self.ENDED,
        }


class Outbox(models.Model):
    """One event, written with the change it tells of, delivered to every handler at least once.

    `lease_until` (a worker is at it) and `next_try` (the sweeper sends it again) are wall time.
    """

    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    # A plain number: the change sets belong to a higher layer.
    change_set = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_try = models.DateTimeField()
    error = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = gettext_lazy("event")
        verbose_name_plural = gettext_lazy("events")
        constraints = [
            models.CheckConstraint(
                name="jobs_outbox_one_end",
                condition=Q(delivered_at__isnull=True) | Q(parked_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="jobs_outbox_to_deliver",
                fields=["next_try"],
                condition=Q(delivered_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index(name="jobs_outbox_name", fields=["name", "created_at"]),
        ]

    def __str__(self):
        return f"{self.name} {self.pk}"


class OutboxDelivery(models.Model):
    """One handler has dealt with one event; written in the transaction of the handler's own work."""

    outbox = models.ForeignKey(Outbox, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=200)
    delivered_at = models.DateTimeField(default=clock.now)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = gettext_lazy("event delivery")
        verbose_name_plural = gettext_lazy("event deliveries")
        constraints = [
            models.UniqueConstraint(name="jobs_delivery_once", fields=["outbox", "handler"]),
        ]

    def __str__(self):
        return f"{self.outbox_id} → {self.handler}"


class SeriesCounter(models.Model):
    """The last number given in a series; site 0 and year 0 stand for "all"."""

    series = models.CharField(max_length=40)
    site = models.PositiveBigIntegerField(default=0)
    year = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveBigIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = gettext_lazy("number series")
        verbose_name_plural = gettext_lazy("number series")
        constraints = [
            models.UniqueConstraint(name="jobs_series_once", fields=["series", "site", "year"]),
        ]

    def __str__(self):
        return f"{self.series} {self.site}/{self.year}: {self.last}"


class ClockShift(models.Model):
    """The one row (id 1) by which tests and demo data move business time; see `clock`."""

    offset_seconds = models.BigIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        verbose_name = gettext_lazy("clock shift")
        verbose_name_plural = gettext_lazy("clock shifts")
        constraints = [models.CheckConstraint(name="jobs_clockshift_single", condition=Q(id=1))]

    def __str__(self):
        return str(self.stopped_at or self.offset_seconds)
