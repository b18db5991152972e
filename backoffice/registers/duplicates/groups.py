"""Which groups of likely duplicates a viewer may know of, and saying that records are not the same."""

from itertools import combinations

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from ..changes import Denied, Refusal, Refused
from . import likeness
from .models import Member, NotSame

SIZE = 20


def may_look(register, viewer):
    """Duplicates are the affair of whoever may change records."""
    return bool(register.likeness) and register.may(viewer, "change")


def page(register, viewer, number=1):
    """([[(row, rules)]] of one page of groups, whether there are more): of each group the living records that the
    viewer may change, where that leaves two at least."""
    rows = register.changeable(viewer).filter(voided_at=None)
    mine = Member.objects.filter(register=register.code, row__in=rows.values("pk"))
    groups = mine.values("group").annotate(number=Count("pk")).filter(number__gt=1).order_by("group")
    start = (number - 1) * SIZE
    found = list(groups.values_list("group", flat=True)[start : start + SIZE + 1])
    members = list(mine.filter(group__in=found[:SIZE]).order_by("group", "row"))
    known = register.whole(register.model.rows).in_bulk([member.row for member in members])
    shown = {}
    for member in members:
        shown.setdefault(member.group, []).append((known[member.row], member.rules))
    return list(shown.values()), len(found) > SIZE


@transaction.atomic
def differ(register, rows, viewer, reason):
    """Remembers that `rows` are different ones, each from each. Raises Denied, and Refused without a reason."""
    keys = sorted(row.pk for row in rows)
    if len(keys) < 2 or register.changeable(viewer).filter(pk__in=keys).count() != len(set(keys)):
        raise Denied(f"{viewer.user} may not judge these records of {register.code}.")
    if not reason:
        raise Refused([Refusal(0, None, "reason", _("Please give a reason."))])
    NotSame.objects.bulk_create(
        [
            NotSame(register=register.code, first=first, second=second, actor=viewer.user, reason=reason[:200])
            for first, second in combinations(keys, 2)
        ],
        ignore_conflicts=True,
    )
    likeness.settle(register)
