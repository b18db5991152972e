"""The timeline of a record: everything that happened to it, merged from sources, newest first.

A source tells of one kind of happening. The engine brings two, what was written and who looked; whoever knows of
more, a higher layer or another part of the engine, adds a source when its app is ready:

    @timeline.source
    class Approvals(timeline.Source):
        name, label = "approvals", gettext_lazy("Approvals")
        def keys(self, asked, limit): ...      # [(moment, key)], newest first, at most `limit`
        def entries(self, asked, keys): ...    # {key: Entry} for the keys of one page, in a few queries

`asked` is an `Asked`: the register, the row, and the viewer whose rights the entries have to obey.
"""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.utils import get_user_display_name

from .. import catalogue
from ..models import Access
from . import addresses
from .differences import deed, differences, line_differences

SIZE = 20
# What the interface for programs calls the history: the sources of the engine itself.
HISTORY = ("changes", "looks")


@dataclass
class Entry:
    """One line of a timeline. `body` is what somebody wrote, as safe HTML; `url` with `url_label` leads to more."""

    at: object
    kind: str
    what: str
    who: str
    channel: str = ""
    reason: str = ""
    source: str = ""
    change_set: str = ""
    version: int | None = None
    body: str = ""
    url: str = ""
    url_label: str = ""
    compare_url: str = ""
    restore_url: str = ""
    differences: list = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """Whose timeline is read, and by whom; `restorable` says whether the viewer may restore versions."""

    register: object
    row: object
    viewer: object
    restorable: bool = False


class Source:
    """One kind of entries: `name` stands in addresses, `label` on the switch that shows them alone."""

    name = label = ""

    def keys(self, asked, limit):
        raise NotImplementedError

    def entries(self, asked, keys):
        raise NotImplementedError


SOURCES = {}


def source(declared):
    """Adds a subclass of `Source` to every timeline."""
    SOURCES[declared.name] = declared()
    return declared


def timeline(register, row, viewer, number=1, restorable=False, names=None):
    """([Entry] of page `number`, newest first, whether older ones exist), of the sources `names` or of all."""
    asked = Asked(register, row, viewer, restorable)
    sources = [SOURCES[name] for name in (SOURCES if names is None else names)]
    wanted = number * SIZE + 1
    found = [
        (at, -place, key) for place, origin in enumerate(sources) for at, key in origin.keys(asked, wanted)[:wanted]
    ]
    found.sort(reverse=True)
    shown = found[(number - 1) * SIZE : number * SIZE]
    entries = {}
    for place, origin in enumerate(sources):
        keys = [key for _at, negative, key in shown if negative == -place]
        if keys:
            entries |= {(-place, key): entry for key, entry in origin.entries(asked, keys).items()}
    return [entries[place, key] for _at, place, key in shown], len(found) > number * SIZE


@source
class Changes(Source):
    """What was written, through what and why, field by field."""

    name, label = "changes", pgettext_lazy("timeline", "Changes")

    def keys(self, asked, limit):
        history = asked.register.history.objects.filter(id=asked.row.pk)
        return list(history.order_by("-pk").values_list("history_date", "pk")[:limit])

    def entries(self, asked, keys):
        register, row = asked.register, asked.row
        # The keys follow one another: one row more is the state before the oldest of them.
        history = register.history.objects.filter(id=row.pk, pk__lte=max(keys)).order_by("-pk")
        states = list(history.select_related("change_set__actor__wagtail_userprofile")[: len(keys) + 1])
        after, before = states[: len(keys)], [*states[1:], None][: len(keys)]
        steps = [(old, new, row) for old, new in zip(before, after, strict=True)]
        found = differences(register, steps, asked.viewer)
        lines = line_differences(register, after, asked.viewer)
        return {
            after.pk: self.entry(asked, before, after, changed + lines.get(after.pk, []))
            for (before, after, _row), changed in zip(steps, found, strict=True)
        }

    def entry(self, asked, before, after, changed):
        row, change_set = asked.row, after.change_set
        kind, what = deed(before, after)
        origin = change_set.source_name
        if after.source_row:
            place = _("%(file)s, sheet %(sheet)s, row %(row)s")
            origin = place % {"file": origin, "sheet": after.source_sheet, "row": after.source_row}
        older = after.version != row.version
        compared = addresses.record_url(row, "compare") + f"?a={after.version}&b={row.version}"
        may_restore = asked.restorable and older and kind != "voided"
        return Entry(
            at=change_set.at,
            kind=kind,
            what=what,
            who=get_user_display_name(change_set.actor),
            channel=change_set.get_channel_display(),
            reason=change_set.reason,
            source=origin,
            change_set=change_set.public_id,
            version=after.version,
            url=addresses.change_set_url(change_set),
            url_label=_("The whole change"),
            compare_url=compared if older else "",
            restore_url=addresses.record_url(row, "restore", after.version) if may_restore else "",
            differences=changed,
        )


@source
class Looks(Source):
    """Personal data of the record that left its mask: who saw or took it, and why."""

    name, label = "looks", pgettext_lazy("timeline", "Views")

    def rows(self, asked):
        """Looks at the record, and at the lines of its parts."""
        wanted = Q(register=asked.register.code, row=asked.row.pk)
        for part in asked.register.parts:
            lines = part.model.rows.filter(**{part.of: asked.row.pk})
            wanted |= Q(register=part.code, row__in=lines.values("pk"))
        return Access.objects.filter(wanted)

    def keys(self, asked, limit):
        return list(self.rows(asked).order_by("-pk").values_list("at", "pk")[:limit])

    def entries(self, asked, keys):
        looks = self.rows(asked).filter(pk__in=keys).select_related("actor__wagtail_userprofile")
        return {look.pk: self.entry(catalogue.keeper(look.register), look, asked.viewer) for look in looks}

    def entry(self, keeper, look, viewer):
        known = keeper.fields_for(viewer)
        names = [str(capfirst(known[name].label)) for name in look.fields if name in known]
        what = capfirst(look.get_kind_display())
        if look.kind == Access.Kind.REVEAL:
            what = _("Saw %(fields)s in full") % {"fields": _(", ").join(names)}
        return Entry(at=look.at, kind="seen", what=what, who=get_user_display_name(look.actor), reason=look.reason)
