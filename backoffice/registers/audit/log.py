"""Reading the audit log: who may read how much of it, narrowed and page by page, with the names of records as the
reader may know them."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from wagtail.admin.utils import get_user_display_name

from .. import catalogue
from ..screens import addresses
from ..screens.pages import fetched
from .models import Event

SIZE = 50
VIEW, EXPORT = "audit.view_event", "audit.export_event"


def _seats(viewer, codename):
    return [seat for seat in viewer.seats if codename in seat.permissions]


def reads_all(viewer):
    """Whether `viewer` reads the entries of other people, at least at one site."""
    return viewer.everything or bool(_seats(viewer, VIEW))


def may_export(viewer):
    return viewer.everything or bool(_seats(viewer, EXPORT))


def readable(viewer):
    """The entries `viewer` may read: of the sites where they hold the right, and their own acts everywhere."""
    if viewer.everything:
        return Event.objects.all()
    own = Q(actor=viewer.user.pk)
    seats = _seats(viewer, VIEW)
    if not seats:
        return Event.objects.filter(own)
    sites = {seat.site for seat in seats}
    if None in sites:
        return Event.objects.all()
    return Event.objects.filter(own | Q(site__in=sites) | Q(site=None))


@dataclass(frozen=True)
class Asked:
    """What narrows the log. `record` is a public id in `register`; `first` and `last` are days."""

    person: int | None = None
    register: str = ""
    channel: str = ""
    deed: str = ""
    record: str = ""
    first: object = None
    last: object = None
    before: int | None = None
    problem: str = ""
    parameters: dict = field(default_factory=dict)

    @classmethod
    def of(cls, data):
        """From the parameters of an address; what cannot be read is left out and named in `problem`."""
        wrong = []

        def number(name):
            text = data.get(name, "")
            if text and not (text.isdigit() and len(text) < 19):
                wrong.append(name)
                return None
            return int(text) if text else None

        def day(name):
            text = data.get(name, "")
            try:
                found = parse_date(text) if text else None
            except ValueError:
                found = None
            if text and found is None:
                wrong.append(name)
            return found

        def one_of(name, known):
            text = data.get(name, "")
            if text and text not in known:
                wrong.append(name)
                return ""
            return text

        asked = {
            "person": number("person"),
            "register": one_of("register", {register.code for register in catalogue.keepers()}),
            "channel": data.get("channel", "")[:12],
            "deed": one_of("deed", Event.Deed.values),
            "record": data.get("record", "").strip()[:12],
            "first": day("first"),
            "last": day("last"),
            "before": number("before"),
        }
        kept = {name: data[name] for name, value in asked.items() if value and name != "before"}
        return cls(**asked, problem=", ".join(wrong), parameters=kept)

    def narrowed(self, events):
        if self.problem:
            return events.none()
        events = events.filter(deed=self.deed) if self.deed else events.exclude(deed=Event.Deed.CLOSED)
        simple = {"actor": self.person, "register": self.register, "channel": self.channel}
        events = events.filter(**{name: value for name, value in simple.items() if value})
        if self.record:
            events = events.filter(self._of_record())
        if self.first:
            events = events.filter(at__gte=_midnight(self.first))
        if self.last:
            events = events.filter(at__lt=_midnight(self.last + timedelta(days=1)))
        return events

    def _of_record(self):
        found = Q(pk=None)
        for register in catalogue.keepers():
            if self.register in ("", register.code):
                rows = register.model.rows.filter(public_id=self.record).values("pk")
                found |= Q(register=register.code, row__in=rows)
        return found


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def page(events, before=None, size=SIZE):
    """([Event], the number from which the next page goes on or None), newest first."""
    events = events.filter(pk__lt=before) if before else events
    rows = events.select_related("actor__wagtail_userprofile", "change_set", "access").order_by("-pk")
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def lines(events, viewer):
    """One dictionary for each of `events`. Three queries for each register among them, whatever their number."""
    named = names_of(events, viewer)
    return [_line(event, viewer, *named.get((event.register, event.row), ("", ""))) for event in events]


def _line(event, viewer, name, url):
    act = event.change_set or event.access
    known = event.register in {register.code for register in catalogue.keepers()}
    return {
        "at": event.at,
        "who": get_user_display_name(event.actor),
        "deed": event.get_deed_display(),
        "register": capfirst(catalogue.keeper(event.register).label) if known else event.register,
        "name": name,
        "url": url,
        "count": event.access.rows if event.access and event.row is None else None,
        "fields": _fields(event, viewer) if event.access else "",
        "channel": event.change_set.get_channel_display() if event.change_set else "",
        "reason": act.reason if act else "",
        "origin": " · ".join(filter(None, [act.address, act.device, act.token])) if act else "",
        "session": act.session if act else None,
        "change_url": addresses.change_set_url(event.change_set) if event.change_set else "",
    }


def _fields(event, viewer):
    try:
        fields = catalogue.keeper(event.register).fields_for(viewer)
    except KeyError:
        return ""
    return "、".join(str(capfirst(fields[name].label)) for name in event.access.fields if name in fields)


def names_of(events, viewer):
    """{(register code, row number): (what to call the record, its address or nothing)} of the records that `events`
    (or whatever has a register and a row) tell of."""
    keys = {}
    for event in events:
        if event.row is not None:
            keys.setdefault(event.register, set()).add(event.row)
    found = {}
    for code, numbers in keys.items():
        try:
            register = catalogue.keeper(code)
        except KeyError:
            continue
        rows = fetched(register.model.rows.filter(pk__in=numbers), register, [])
        reached = set()
        if register.seen_by(viewer):
            reached = set(register.visible(viewer).filter(pk__in=numbers).values_list("pk", flat=True))
        for row in rows:
            url = addresses.record_url(row) if row.pk in reached else ""
            found[code, row.pk] = (register.name_of(row, viewer, reached), url)
    return found


def people():
    """[(number, name)] of everybody who can have acted."""
    users = get_user_model().objects.select_related("wagtail_userprofile").order_by("first_name", "username")
    return [(user.pk, get_user_display_name(user)) for user in users]
