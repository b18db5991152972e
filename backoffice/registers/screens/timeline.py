"""The timeline of a record: what was written, through what and why, and who looked behind the mask."""

from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ..models import Access
from . import addresses
from .differences import deed, differences

SIZE = 20


@dataclass
class Entry:
    """One line of a timeline."""

    at: object
    kind: str
    what: str
    who: str
    channel: str = ""
    reason: str = ""
    source: str = ""
    change_set: str = ""
    url: str = ""
    restore_url: str = ""
    differences: list = field(default_factory=list)


def timeline(register, row, viewer, number=1, restorable=False):
    """([Entry] of page `number`, newest first, whether older ones exist)."""
    history = register.history.objects.filter(id=row.pk)
    looks = Access.objects.filter(register=register.code, row=row.pk)
    wanted = number * SIZE + 1
    keys = [(at, 1, key) for at, key in history.order_by("-pk").values_list("history_date", "pk")[:wanted]]
    keys += [(at, 0, key) for at, key in looks.order_by("-pk").values_list("at", "pk")[:wanted]]
    keys.sort(reverse=True)
    shown = keys[(number - 1) * SIZE : number * SIZE]
    written = _written(register, history, [key for _at, is_write, key in shown if is_write], row, viewer, restorable)
    seen = _seen(register, looks, [key for _at, is_write, key in shown if not is_write])
    return [(written if is_write else seen)[key] for _at, is_write, key in shown], len(keys) > number * SIZE


def _written(register, history, keys, row, viewer, restorable):
    """{sequence: Entry} of history rows that follow one another."""
    if not keys:
        return {}
    states = list(
        history.filter(pk__in=keys)
        .select_related("change_set__actor__wagtail_userprofile", "change_set__undoes")
        .order_by("-pk")
    )
    older = history.filter(pk__lt=states[-1].pk).order_by("-pk").first()
    steps = [(before, after, row) for after, before in zip(states, [*states[1:], older], strict=True)]
    return {
        after.pk: _entry(register, before, after, row, found, restorable)
        for (before, after, _row), found in zip(steps, differences(register, steps, viewer), strict=True)
    }


def _entry(register, before, after, row, found, restorable):
    change_set = after.change_set
    kind, what = deed(before, after)
    source = change_set.source_name
    if after.source_row:
        place = _("%(file)s, sheet %(sheet)s, row %(row)s")
        source = place % {"file": source, "sheet": after.source_sheet, "row": after.source_row}
    may_restore = restorable and after.version != row.version and kind != "voided"
    return Entry(
        at=change_set.at,
        kind=kind,
        what=what,
        who=get_user_display_name(change_set.actor),
        channel=change_set.get_channel_display(),
        reason=change_set.reason,
        source=source,
        change_set=change_set.public_id,
        url=addresses.change_set_url(change_set),
        restore_url=addresses.record_url(row, "restore", after.version) if may_restore else "",
        differences=found,
    )


def _seen(register, looks, keys):
    """{number: Entry} of looks behind the mask."""
    entries = {}
    for look in looks.filter(pk__in=keys).select_related("actor__wagtail_userprofile"):
        labels = [str(capfirst(register.fields[name].label)) for name in look.fields if name in register.fields]
        entries[look.pk] = Entry(
            at=look.at,
            kind="seen",
            what=_("Saw %(fields)s in full") % {"fields": _(", ").join(labels)},
            who=get_user_display_name(look.actor),
            reason=look.reason,
        )
    return entries
