"""Saved views: who finds which, who may keep, share and change them.

A view is its owner's; shared with roles it is found by everybody who holds one of them in a seat that sees the
register. Sharing needs the verb `configure`.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from .models import SavedView, ViewShare
from .operands import NotUnderstood


def roles_held(register, viewer):
    """The role codes under which `viewer` sees `register`."""
    return {seat.role for seat in viewer.seats if seat.role and register.reach(seat)}


def offered(register, viewer):
    """[SavedView] that `viewer` finds, in one query: their own, nameless ones included, and those shared with a
    role they hold. `shared` says whether anybody else finds it, `opens_first` whether it opens by itself."""
    if not getattr(viewer.user, "pk", None):
        return []
    mine = ViewShare.objects.filter(view=OuterRef("pk"), role__in=roles_held(register, viewer))
    found = SavedView.objects.filter(register=register.code).annotate(
        for_me=Exists(mine),
        shared=Exists(ViewShare.objects.filter(view=OuterRef("pk"))),
        opens_first=Exists(mine.filter(opens_first=True)),
    )
    return list(found.filter(Q(owner=viewer.user.pk) | Q(for_me=True)))


def may_share(register, viewer):
    return register.may(viewer, "configure")


def may_change(register, viewer, view):
    """The owner changes a view of their own; one that others find is changed by whoever may share."""
    return may_share(register, viewer) if view.shared else view.owner_id == viewer.user.pk


def keep(register, viewer, name, state, *, view=None, roles=None, opens_first=False):
    """Saves `state` ({conditions, void, ordering, columns, size}) as a new view or into `view`.

    `roles` are the codes of those who shall find it, None leaves them as they are. The caller has asked whether
    the viewer may share and change.
    """
    view = view or SavedView(register=register.code, owner=viewer.user)
    view.name = name
    for key, value in state.items():
        setattr(view, key, value)
    with transaction.atomic():
        view.save()
        if roles is not None:
            _share(view, roles, opens_first)
    return view


def _share(view, roles, opens_first):
    view.shares.all().delete()
    if opens_first:
        ViewShare.objects.filter(register=view.register, role__in=roles).update(opens_first=False)
    ViewShare.objects.bulk_create(
        ViewShare(view=view, register=view.register, role=role, opens_first=opens_first) for role in roles
    )


def opened(views, asked, *, untouched):
    """The view of an address: the one `asked` for, or with an untouched address the one that opens by itself.

    None for the whole list; raises NotUnderstood for a view nobody offers.
    """
    if asked == "all":
        return None
    if asked:
        for view in views:
            if view.public_id == asked:
                return view
        raise NotUnderstood(_("This view does not exist any more, or is not shared with you."))
    return next((view for view in views if view.opens_first), None) if untouched else None
