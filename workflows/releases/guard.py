"""The same rules as `triggers`, said in words before the database has to say no.

Whoever tries gets PermissionDenied, which Wagtail's admin shows as a refusal; the triggers stand behind it for
everything that does not pass through a model's save.
"""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_delete, pre_save
from django.utils.translation import gettext as _

from .models import Release, Released


class NotReleased(PermissionDenied):
    """Something would go live, leave, or disappear without an approved case."""


def governed_models():
    """Every concrete page type and snippet that reaches readers only through releases."""
    return [model for model in apps.get_models() if issubclass(model, Released)]


def is_governed(instance):
    return isinstance(instance, Released) or issubclass(getattr(instance, "specific_class", None) or object, Released)


def connect():
    pre_save.connect(refuse_unreleased, dispatch_uid="releases.refuse_unreleased")
    pre_save.connect(keep_submitted_revision, dispatch_uid="releases.keep_submitted_revision")
    pre_delete.connect(refuse_delete, dispatch_uid="releases.refuse_delete")


def refuse_unreleased(sender, instance, update_fields=None, **kwargs):
    """Live exactly while a release of the live revision stands."""
    if not is_governed(instance) or (update_fields is not None and "live" not in update_fields):
        return
    before = (
        sender._base_manager.filter(pk=instance.pk).values_list("live", "live_revision_id").first()
        if instance.pk
        else None
    )
    live, revision = before or (False, None)
    if instance.live and (not live or instance.live_revision_id != revision):
        if not _stands(instance.live_revision_id):
            raise NotReleased(_("Only an approval publishes."))
    elif live and not instance.live and _stands(revision):
        raise NotReleased(_("Only an approval withdraws what was released."))


def keep_submitted_revision(sender, instance, update_fields=None, **kwargs):
    """A revision that was submitted is what people decided on: it is not overwritten, and never scheduled."""
    if sender._meta.label != "wagtailcore.Revision" or not _holds_governed(instance):
        return
    if instance.approved_go_live_at is not None:
        raise NotReleased(_("Only an approval publishes."))
    if not instance.pk or (update_fields is not None and "content" not in update_fields):
        return
    stored = sender.objects.filter(pk=instance.pk).values_list("content", "user_id").first()
    changed = stored is not None and stored != (instance.content, instance.user_id)
    if changed and instance.task_states.exists():
        raise NotReleased(_("This version was submitted and cannot be overwritten. Reload the page and save again."))


def refuse_delete(sender, instance, origin=None, **kwargs):
    """What was released is kept; so are its revisions, which tell who wrote it."""
    if is_governed(instance) and Release.objects.of(_specific(instance)).exists():
        raise NotReleased(_("What was released is kept. Propose its withdrawal instead."))
    if sender._meta.label != "wagtailcore.Revision" or not _holds_governed(instance):
        return
    started_here = origin is instance or getattr(origin, "model", None) is sender
    if started_here:
        raise NotReleased(_("Versions are kept: they tell who wrote the text."))


def _stands(revision_id):
    return revision_id is not None and Release.objects.filter(revision_id=revision_id, withdrawn_at=None).exists()


def _specific(instance):
    return getattr(instance, "specific_deferred", instance)


def _holds_governed(revision):
    model = revision.content_type.model_class()
    return model is not None and issubclass(model, Released)
