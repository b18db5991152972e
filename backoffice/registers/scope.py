"""Who looks, how far they reach, and the rows that leaves them. Source: actors.md §2, systems.md 0.3.

A *viewer* is a user with the *seats* held now: each seat is a role at a site, with the permissions of that
role. The organisation, a higher layer, says which seats a user has; the engine only asks.
"""

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q


class Unscoped(Exception):
    """Rows of a register were about to be read without saying for whom."""


@dataclass(frozen=True)
class Seat:
    """One role held at one site.

    `site` is a site's row number, None for every site; `staff` the holder's staff row; `reports` the staff rows
    below the holder in the reporting line; `permissions` are codenames such as `customers.change_customer`.
    """

    role: str
    site: int | None = None
    staff: int | None = None
    reports: frozenset = frozenset()
    permissions: frozenset = frozenset()


@dataclass
class Viewer:
    """A user as the engine sees them. `everything` is for the system itself: full reach, masks stay on."""

    user: object
    seats: tuple = ()
    everything: bool = False
    site: int | None = None  # the site chosen in the site switcher; lists show this one, None shows all
    staff: frozenset = field(default_factory=frozenset)

    def __post_init__(self):
        self.staff = frozenset(seat.staff for seat in self.seats if seat.staff)

    def seats_that(self, register, verb):
        """The seats that allow `verb` on `register`."""
        return [seat for seat in self.seats if register.grants(seat, verb)]

    def may(self, register, verb):
        return self.everything or bool(self.seats_that(register, verb))


_provider = []


def provide_viewers(function):
    """The organisation hands in `function(user) -> Viewer`. The last one given counts."""
    _provider[:] = [function]
    return function


def viewer_of(user):
    """The viewer behind `user`. One object for a request: middleware may keep it on the user."""
    kept = getattr(user, "_viewer", None)
    if kept is None:
        kept = user._viewer = _provider[0](user)
    return kept


_roles = []


def provide_roles(function):
    """The organisation hands in `function(register) -> [(code, label)]`, the roles that see a register."""
    _roles[:] = [function]
    return function


def roles_of(register):
    """[(code, label)] of the roles that see `register`; of all roles for None."""
    return _roles[0](register)


_system_users = []


def provide_system_users(function):
    """The organisation hands in `function(name) -> User` for the accounts under which the system itself acts."""
    _system_users[:] = [function]
    return function


def system_user(name):
    """The account called "shell", "timer" or "seed". Nobody can log in as it."""
    return _system_users[0](name)


def system_viewer(user):
    """The shell, timers and the seeding of demo data: every row, every verb, personal data still masked."""
    return Viewer(user=user, everything=True)


# More people than this are asked for at once: one ordered look for each would cost more than it saves.
MOST_BRANCHES = 60


@dataclass(frozen=True)
class Scope:
    """Where a record says whose it is and where it stands, as paths of the ORM.

    `own` ends at a staff record, `site` at a sales site. Without `own` a record belongs to whoever created it.
    """

    own: str | None = None
    site: str | None = "site"

    def rows_for(self, viewer, register):
        """The predicate of the rows `viewer` may see; None when they may see no row at all."""
        if viewer.everything:
            return Q()
        wanted = None
        for seat in viewer.seats:
            reach = register.reach(seat)
            if reach is None:
                continue
            part = self._within(seat, reach, viewer) & self._at(seat)
            wanted = part if wanted is None else wanted | part
        return wanted

    def branches(self, viewer, register):
        """[Q] that together are `rows_for` and hold no row twice, each of them equalities that an index answers in
        the order of the list; None where one condition says it all, or where there are too many to ask one by one.
        """
        if viewer.everything or (self.own and (self.own == "pk" or "__" in self.own)):
            return None
        reached = {}
        for seat in viewer.seats:
            reach = register.reach(seat)
            if reach:
                site = seat.site if self.site else None
                people = self._people(seat, reach) if self.own and self._within(seat, reach, viewer) else set()
                whole, known = reached.get(site, (False, set()))
                reached[site] = (whole or not self._within(seat, reach, viewer), known | people)
        if None in reached and len(reached) > 1:
            return None
        found = [part for site, how in reached.items() for part in self._parts(site, *how, viewer)]
        return found if 1 < len(found) <= MOST_BRANCHES else None

    def _parts(self, site, whole, people, viewer):
        at = Q(**{self.site: site}) if site else Q()
        if whole:
            return [at]
        entered = Q(created_by=viewer.user.pk) & at
        if people:
            entered &= ~Q(**{f"{self.own}__in": people}) | Q(**{f"{self.own}__isnull": True})
        return [entered, *(Q(**{self.own: person}) & at for person in sorted(people))]

    def _at(self, seat):
        return Q(**{self.site: seat.site}) if seat.site and self.site else Q()

    def _within(self, seat, reach, viewer):
        if reach == "site":
            return Q()
        mine = Q(created_by=viewer.user.pk)
        if self.own:
            mine |= Q(**{f"{self.own}__in": self._people(seat, reach)})
        return mine

    def _people(self, seat, reach):
        return ({seat.staff} | (set(seat.reports) if reach == "team" else set())) - {None}


class EngineRows(models.Manager):
    """Every row. For the engine and for operations that have already asked who is looking."""


class GuardedRows(models.Manager):
    """`Model.objects`: refuses to hand out rows until somebody says for whom."""

    use_in_migrations = False

    def get_queryset(self):
        raise Unscoped(f"Ask the register: {self.model.__name__} rows are read as register.visible(viewer).")

    def visible_to(self, viewer):
        from .catalogue import register_of

        return register_of(self.model).visible(viewer)
