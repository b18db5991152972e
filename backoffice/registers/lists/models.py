"""What is kept about lists: how people arranged them, their saved views, and bulk edits under way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
