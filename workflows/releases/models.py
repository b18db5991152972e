"""Releases: what was published, word for word, and from when it counts.

A release is written once, by the execution of an approved case, and never changes; only its withdrawal is
entered later. Readers, search and print read releases, never drafts. Source: architecture.md "Release".
"""

import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock


class Significance(models.TextChoices):
    MINOR = "minor", _("minor: wording only, confirmations stay valid")
    MATERIAL = "material", _("material: what people must do changes")


class Released(models.Model):
    """What every page and snippet has that reaches readers only through releases.

    The three fields belong to the draft at hand: they say why the next release is made, and are asked for when
    the draft is submitted. `approval` names the definition by which the kind is decided, `system` the row of
    the permission matrix.
    """

    approval = ""
    system = ""

    change_summary = models.TextField(
        _("what changes and why"), help_text=_("Readers see this beside the new version.")
    )
    significance = models.CharField(
        _("weight of the change"), max_length=10, choices=Significance, default=Significance.MATERIAL
    )
    effective_from = models.DateField(
        _("in force from"),
        null=True,
        blank=True,
        help_text=_("Left empty: the day of approval. Until then the version in force stays readable."),
    )

    class Meta:
        abstract = True

    def not_ready(self, parent=None):
        """Why this cannot be submitted yet, as a sentence; empty when it can. `parent` of a page not yet saved."""
        return ""

    def after_release(self, release):
        """Called in the transaction that released and published this."""

    def freeze(self, numbers):
        """The content of a release of this draft, as plain JSON; see `operations.release` for its keys.

        `numbers` is `numbering.give` when a release is made and `numbering.peek` for a preview.
        """
        raise NotImplementedError


class ReleaseQuerySet(models.QuerySet):
    def of(self, target):
        """Every release of one page or snippet."""
        return self.filter(content_type=ContentType.objects.get_for_model(target), object_id=str(target.pk))

    def in_force(self, at=None):
        """The releases that count on the day `at` (today by default), one per object, in one query.

        The newest release whose effective date has come and that was not withdrawn by that day. A later number
        wins over a later effective date: its text was written on top of the earlier one.
        """
        day = at or clock.today()
        counts = Q(effective_from__lte=day) & (Q(withdrawn_on=None) | Q(withdrawn_on__gt=day))
        newer = Release.objects.filter(
            counts,
            content_type=OuterRef("content_type"),
            object_id=OuterRef("object_id"),
            number__gt=OuterRef("number"),
        )
        return self.filter(counts).exclude(Exists(newer))


class Release(models.Model):
    """One immutable published version. `content` and `text_hash` are frozen; see `ensure_triggers`.

    `label` is the number readers cite ("1.2", "PH-01"), `sort` orders labels as text, `parent` is the object id
    of the container (chapter of a section, book of a chapter). `audience` lists role codes; empty is everybody.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.CharField(max_length=40)
    number = models.PositiveIntegerField(_("version"))

    title = models.CharField(_("title"), max_length=255)
    label = models.CharField(_("number"), max_length=40, blank=True)
    sort = models.CharField(max_length=80, blank=True)
    parent = models.CharField(max_length=40, blank=True)
    audience = models.JSONField(_("audience"), default=list)

    summary = models.TextField(_("what changed"))
    significance = models.CharField(_("weight of the change"), max_length=10, choices=Significance)
    effective_from = models.DateField(_("in force from"))
    published_at = models.DateTimeField(_("published at"))
    content = models.JSONField(_("content"))
    content_hash = models.CharField(max_length=64)

    revision_id = models.PositiveBigIntegerField(unique=True)
    case = models.CharField(max_length=40)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_case = models.CharField(max_length=40, blank=True, default="")

    WITHDRAWAL = ("withdrawn_at", "withdrawn_on", "withdrawn_by_id", "withdrawn_case")

    objects = ReleaseQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        default_permissions = ()
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(name="releases_release_number", fields=["content_type", "object_id", "number"]),
            models.CheckConstraint(name="releases_release_counts_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="releases_release_four_eyes", condition=~Q(submitted_by=F("decided_by"))),
            models.CheckConstraint(
                name="releases_release_withdrawal_whole",
                condition=Q(withdrawn_at=None, withdrawn_on=None, withdrawn_by=None, withdrawn_case="")
                | Q(withdrawn_at__isnull=False, withdrawn_on__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_case=""),
            ),
        ]
        indexes = [
            models.Index(name="releases_release_newest", fields=["-published_at", "-id"]),
            models.Index(name="releases_release_label", fields=["content_type", "label"]),
        ]

    def __str__(self):
        return f"{self.label} {self.title} v{self.number}".strip()

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ReleaseIsFinal(_("A release never changes."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ReleaseIsFinal(_("A release is never deleted."))

    @property
    def kind(self):
        """The model name of what was released: "section", "script", "course" …"""
        return ContentType.objects.get_for_id(self.content_type_id).model


class ReleaseIsFinal(Exception):
    """Somebody tried to change or delete a release."""


class Ordinal(models.Model):
    """A number given once inside a scope and never given again: chapter in book, section in chapter, clause."""

    scope = models.CharField(max_length=80)
    name = models.CharField(max_length=64)
    value = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="releases_ordinal_name", fields=["scope", "name"]),
            models.UniqueConstraint(name="releases_ordinal_value", fields=["scope", "value"]),
        ]

    def __str__(self):
        return f"{self.scope} {self.name} {self.value}"


class ReleaseText(models.Model):
    """The words of a release as search compares them: folded by `registers.search`."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, primary_key=True, related_name="words")
    folded = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.release_id)


class ReleaseGram(models.Model):
    """One- and two-character pieces of a release: the index that finds Chinese words anywhere in a sentence."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="grams", db_index=False)
    gram = models.CharField(max_length=2)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="releases_gram", fields=["gram", "release"])]

    def __str__(self):
        return self.gram
