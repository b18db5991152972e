"""What is kept about lists: how people arranged them, their saved views, and bulk edits under way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock

from ..fields import PublicIdField


class SavedView(models.Model):
    """A list as somebody wants to find it again: conditions, order, columns, page size.

    It holds questions, no answers: whoever opens it sees what they may see, masked as it is masked for them.
    One without a name says how its owner arranged (columns and page size) the list, or the view it stands `on`;
    it is read in the same query as the views themselves.
    """

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name of the view"), max_length=40, blank=True)
    on = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    conditions = models.JSONField(default=dict)
    void = models.CharField(max_length=4, blank=True, default="")
    ordering = models.CharField(max_length=64, blank=True, default="")
    columns = models.JSONField(default=list)
    size = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["register", "owner"], name="saved_view_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "register"], condition=Q(name="", on__isnull=True), name="list_arranged_once"
            ),
            models.UniqueConstraint(fields=["owner", "on"], condition=Q(name=""), name="view_arranged_once"),
        ]

    def __str__(self):
        return self.name


class ViewShare(models.Model):
    """One role that finds a view among its own. At most one view of a list opens by itself for a role."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="shares")
    register = models.CharField(max_length=60)
    role = models.CharField(max_length=12)
    opens_first = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view", "role"], name="view_shared_once"),
            models.UniqueConstraint(
                fields=["register", "role"], condition=Q(opens_first=True), name="one_view_opens_first"
            ),
        ]

    def __str__(self):
        return f"{self.view_id} {self.role}"


class BulkEdit(models.Model):
    """One change of many rows on its way: chosen, judged, looked at, written as one change set."""

    class State(models.TextChoices):
        CHOOSING = "choosing", _("Being chosen")
        JUDGING = "judging", _("Being checked")
        PREVIEWED = "previewed", _("Ready to be confirmed")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    class Action(models.TextChoices):
        SAVE = "save", _("bulk edit")
        VOID = "void", _("bulk void")

    public_id = PublicIdField()
    register = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=4, choices=Action)
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.CHOOSING)
    # What was posted for the chosen fields; the form reads it again whenever it is needed.
    values = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    # Rows that were selected and that the owner may see but not change.
    beyond = models.PositiveIntegerField(default=0)
    back = models.TextField(blank=True, default="")
    sentence = models.CharField(max_length=200, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    change_set = models.OneToOneField("registers.ChangeSet", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return f"{self.register} {self.public_id}"


class BulkRow(models.Model):
    """One row of a bulk edit, with the version that was looked at and what is to become of it."""

    class Fate(models.TextChoices):
        WAITING = "waiting", _("not yet checked")
        CHANGE = "change", _("will change")
        UNCHANGED = "unchanged", _("is so already")
        REFUSED = "refused", _("refused")
        CONFLICT = "conflict", _("changed by somebody else meanwhile")

    bulk = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="rows")
    row = models.BigIntegerField()
    version = models.PositiveIntegerField()
    fate = models.CharField(max_length=10, choices=Fate, default=Fate.WAITING)
    done = models.BooleanField(default=False)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "row"], name="bulk_row_once")]
        indexes = [models.Index(fields=["bulk", "fate", "done", "id"], name="bulk_rows_waiting")]

    def __str__(self):
        return f"{self.bulk_id} {self.row}"
