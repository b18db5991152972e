"""The reporting line: the tree of positions walked upward, with the people who hold them on one day.

Each position reports to another; a person's direct superior is whoever holds that other position at their site.
Where several people hold it, the one who leads the person's team goes first. Whoever is covered is replaced by
their cover, and nobody is ever sent to somebody below them: then the next superior decides. Source: systems.md 1,
"Invariants".
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from backoffice.jobs import clock

from .models import Assignment, Position, Staff


def in_force(on):
    """The assignments in force on the day `on`, of people who have not left."""
    return Assignment.rows.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on, voided_at=None, staff__voided_at=None
    ).exclude(staff__status=Staff.Status.LEFT)


def held_from(day):
    """The assignments in force on `day` or later, whoever holds them: the rights somebody has or will have."""
    return Assignment.rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), voided_at=None)


@dataclass(frozen=True)
class Holding:
    """One assignment in force, as row numbers. `stands_for` is the person covered, or the holder."""

    staff: int
    number: str
    position: int
    site: int | None
    team: int | None
    team_leader: int | None
    is_primary: bool
    stands_for: int

    def is_at(self, site):
        return site is None or self.site is None or self.site == site


class ReportingLine:
    """The line as it stands on one day (today unless said): two queries, whatever is asked of it."""

    def __init__(self, on=None):
        self.on = on or clock.today()

    @cached_property
    def superior_of_position(self):
        return dict(Position.rows.filter(voided_at=None).values_list("pk", "superior_position"))

    @cached_property
    def holdings(self):
        rows = in_force(self.on).order_by("staff__number", "pk")
        columns = ("staff", "staff__number", "position", "site", "staff__team", "staff__team__supervisor")
        rows = rows.values_list(*columns, "is_primary", "acting_for")
        return [Holding(*row[:-1], stands_for=row[-1] or row[0]) for row in rows]

    @cached_property
    def team_led(self):
        """{staff: {teams they lead}}, teams without anybody in them left out."""
        led = defaultdict(set)
        for holding in self.holdings:
            led[holding.team_leader].add(holding.team)
        return led

    @cached_property
    def by_position(self):
        found = defaultdict(list)
        for holding in self.holdings:
            found[holding.position].append(holding)
        return found

    @cached_property
    def covered(self):
        return {holding.stands_for for holding in self.holdings if holding.stands_for != holding.staff}

    @cached_property
    def team_of(self):
        return {holding.staff: holding.team for holding in self.holdings}

    def claims(self, holding):
        """The teams whose members report to `holding` rather than to others in the same position."""
        leader = holding.stands_for
        return self.team_led[leader] | {self.team_of.get(leader, holding.team)} - {None}

    def below_position(self, position):
        """The row numbers of every position under `position`."""
        under = defaultdict(list)
        for child, parent in self.superior_of_position.items():
            under[parent].append(child)
        found, open_ends = set(), [position]
        while open_ends:
            for child in under[open_ends.pop()]:
                if child not in found:
                    found.add(child)
                    open_ends.append(child)
        return found

    def reports(self, holding):
        """The people below `holding`: under the position at the site, without those another holder leads."""
        others = [
            other
            for other in self.by_position[holding.position]
            if other.stands_for != holding.stands_for and other.is_at(holding.site)
        ]
        mine = self.claims(holding)
        theirs = set().union(*(self.claims(other) for other in others)) - mine
        led = self.team_led[holding.stands_for]
        under = self.below_position(holding.position)
        found = {
            other.staff
            for other in self.holdings
            if other.is_at(holding.site)
            and (other.team in led or (other.position in under and other.team not in theirs))
        }
        return frozenset(found - {holding.staff})

    def own_holding(self, staff):
        """The main assignment of the person `staff` (a row number), or any, or None."""
        mine = [holding for holding in self.holdings if holding.staff == staff and holding.stands_for == staff]
        return next((holding for holding in mine if holding.is_primary), mine[0] if mine else None)

    def superiors(self, staff):
        """The row numbers of the people above `staff`, nearest first; each can stand in for the one before."""
        own = self.own_holding(staff)
        if own is None:
            return []
        below = self.reports(own) | {staff}
        position, chain, seen = self.superior_of_position.get(own.position), [], set()
        while position is not None and position not in seen:
            seen.add(position)
            holders = [one for one in self.by_position[position] if one.is_at(own.site)]
            present = [one for one in holders if one.staff not in self.covered and one.staff not in below]
            present.sort(key=lambda one: (own.team not in self.claims(one), one.stands_for == one.staff, one.number))
            chain += [one.staff for one in present[:1] if one.staff not in chain]
            position = self.superior_of_position.get(position)
        return chain


def superiors_of(staff, at=None):
    """The people above `staff` on the day `at`, nearest first. An approval that finds one away asks the next."""
    keys = ReportingLine(at).superiors(staff.pk)
    known = Staff.rows.in_bulk(keys)
    return [known[key] for key in keys]


def superior_of(staff, at=None):
    """The direct superior of `staff` on the day `at`, or their cover, or the next one up; None at the top."""
    return next(iter(superiors_of(staff, at)), None)


def next_superior(staff, after, at=None):
    """Whoever comes after `after` in the line above `staff`; None at the top or when `after` is not in it."""
    chain = superiors_of(staff, at)
    place = chain.index(after) if after in chain else len(chain)
    return chain[place + 1] if place + 1 < len(chain) else None
