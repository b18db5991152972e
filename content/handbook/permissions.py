"""Rights of the people who write: they add and change pages, scripts and pictures, and nobody publishes.

Wagtail's rights open a branch for a group; what a person may do on it is asked of the permission matrix
(`content.pages.ReleasedPermissions`). Source: actors.md 2.
"""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from backoffice.organisation.roles import cell

from . import structure

PAGE_WRITERS = ("EDT", "TRN")


def grants(role):
    """The permissions of a role on talk scripts, from its cell of the matrix; called by organisation."""
    letters = cell(role, "talk-scripts").letters
    found = {f"scripts.{action}_script" for letter, action in (("c", "add"), ("e", "change")) if letter in letters}
    return found | ({"scripts.view_script"} if letters & set("ce") else set())


def spare_queries(user, viewer):
    """Tells Wagtail at once what `sync` made sure of: who writes no pages has rights on no page and no file."""
    if not user.is_superuser and not any(seat.role in PAGE_WRITERS for seat in viewer.seats):
        user._page_permission_cache = GroupPagePermission.objects.none()
        user._collection_permission_cache = GroupCollectionPermission.objects.none()


@transaction.atomic
def sync(groups=None):
    """Give the writers' groups their pages and files; safe to run at any time.

    `groups` maps role codes to groups. Takes away every other right on pages, such as one to publish.
    """
    root = structure.ensure()
    groups = groups or {group.name: group for group in Group.objects.all()}
    writers = [groups[name] for name in PAGE_WRITERS if name in groups]
    pages = [_permission(Page, action) for action in ("add", "change")]
    wanted = {(group.pk, permission.pk) for group in writers for permission in pages}
    for right in GroupPagePermission.objects.all():
        key = (right.group_id, right.permission_id)
        if right.page_id == root.pk and key in wanted:
            wanted.discard(key)
        else:
            right.delete()
    for group_id, permission_id in sorted(wanted):
        GroupPagePermission.objects.create(group_id=group_id, page_id=root.pk, permission_id=permission_id)
    _sync_files(writers)


def _sync_files(writers):
    collection = Collection.get_first_root_node() or Collection.add_root(name=structure.FILES)
    for model in (apps.get_model("wagtailimages", "Image"), apps.get_model("wagtaildocs", "Document")):
        for action in ("add", "change", "choose"):
            for group in writers:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=_permission(model, action)
                )


def _permission(model, action):
    return Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(model),
        codename=f"{action}_{model._meta.model_name}",
        defaults={"name": f"Can {action} {model._meta.verbose_name_raw}"},
    )[0]
