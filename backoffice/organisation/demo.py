"""The people of the demo site, through the door: a company as it stood a year ago, and what happened since.

Since then a consultant became supervisor of team one, one left, one is about to leave, one stands in for a
supervisor who is away this week, and a second, small site is being prepared. Source: actors.md 1,
content-outline.md 7.
"""

import random
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from backoffice.jobs import clock
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Act, Write
from backoffice.registers.scope import system_viewer

from .accounts.models import User, get_system_user
from .authority import keep_groups
from .demo_logins import ADMINISTRATOR, DEMO_LOGINS
from .models import Assignment, Staff

MAIN = "LQL"
PROMOTED, LEFT, LEAVING, STANDS_IN = "裴书野", "贺归帆", "陆一鸣", "何小满"
AWAY, BOTH_SITES, BOTH_SITES_DESK = "柏若岚", "祝晚晴", "全有序"


def load(seed=1):
    """Writes the demo company and its accounts; deterministic for a `seed`.

    Returns a dict: `site`; every demo login by its user name (Users); `consultants` (the Users of all property
    consultants in force), `clerk`, `editor`, `approver`, `marketing`; `staff`, {name: Staff}.
    """
    with Path(__file__).with_name("demo.toml").open("rb") as file:
        plan = tomllib.load(file)
    today = clock.today()
    company = Company(plan, today, random.Random(seed))  # noqa: S311  demo data wants repetition, not secrecy
    with _on(today - timedelta(days=420)):
        company.structure()
        company.people()
    company.happenings()
    return company.accounts()


def _on(day):
    """The clock stands still at ten in the morning of `day`."""
    return clock.at(timezone.make_aware(datetime.combine(day, time(10, 0))))


class Company:
    """The company while it is written: what was written so far, by code or name."""

    def __init__(self, plan, today, dice):
        self.plan, self.today, self.dice = plan, today, dice
        self.sites, self.departments, self.positions, self.teams, self.staff = {}, {}, {}, {}, {}
        self.seeder = get_system_user("seed")

    def write(self, code, wishes, reason=""):
        """Writes [(row or None, values)] of one register as one act; returns the rows."""
        writes = [Write(row=row, values=values) for row, values in wishes]
        act = Act(self.seeder, "seed", reason, viewer=system_viewer(self.seeder))
        changes.apply(catalogue.get(code), writes, act=act)
        return [write.row for write in writes]

    def structure(self):
        rows = self.write("site", [(None, site) for site in self.plan["site"]])
        self.sites = {row.code: row for row in rows}
        self._by_level("department", self.departments, "parent", lambda one, above: one | {"parent": above})
        self._by_level("position", self.positions, "superior", self._position)
        teams = [
            (None, {"site": self.sites[MAIN], "name": team["name"], "agency": team.get("agency", "")})
            for team in self.plan["team"]
        ]
        self.teams = {row.name: row for row in self.write("team", teams)}

    def _by_level(self, code, known, link, values):
        """Writes a tree from the top: each level needs the rows of the one above."""
        waiting = list(self.plan[code])
        while waiting:
            ready = [one for one in waiting if link not in one or one[link] in known]
            rows = self.write(code, [(None, values(one, known.get(one.get(link)))) for one in ready])
            known |= {row.code: row for row in rows}
            waiting = [one for one in waiting if one not in ready]

    def _position(self, one, superior):
        return {
            "code": one["code"],
            "name": one["name"],
            "role": one["role"],
            "superior_position": superior,
            "department": self.departments[one["department"]],
            "duties": one.get("duties", []),
            "powers": one.get("powers", []),
            "headcount_plan": one.get("headcount", 1),
            "needs_floor_certificate": one.get("certificate", False),
        }

    def people(self):
        """Everybody with the position held a year ago; the promoted one still as a consultant."""
        everywhere = {one["code"] for one in self.plan["position"] if one.get("everywhere")}
        wishes, seats = [], []
        for group in self.plan["people"]:
            for name in group["names"]:
                values = self._person(len(wishes) + 1, name, self.teams.get(group.get("team")))
                values["employment_type"] = group.get("employment", values["employment_type"])
                wishes.append((None, values))
                held = "ZYGW" if values["name"] == PROMOTED else group["position"]
                site = None if group["position"] in everywhere else self.sites[MAIN]
                seats.append({"position": self.positions[held], "site": site, "valid_from": values["hire_date"]})
        rows = self.write("staff", wishes, "年初在册人员")
        self.staff = {row.name: row for row in rows}
        self.write("assignment", [(None, seat | {"staff": row}) for row, seat in zip(rows, seats, strict=True)])
        leaders = [
            (self.teams[team["name"]], {"supervisor": self.staff[team["leader"]]}) for team in self.plan["team"]
        ]
        self.write("team", leaders)

    def _person(self, number, name, team):
        hired = self.today - timedelta(days=self.dice.randrange(430, 2200))
        agency = team is not None and team.agency
        return {
            "site": self.sites[MAIN],
            "number": f"{number:03d}",
            "name": name.removesuffix("f"),
            "gender": "female" if name.endswith("f") else "male",
            "phone": f"1990000{9000 + number:04d}",
            "card_number": f"2000{number:02d}",
            "team": team,
            "hire_date": hired,
            "probation_end": hired + timedelta(days=90),
            "employment_type": "agency" if agency else "own",
        }

    def happenings(self):
        """The year since: a promotion, two departures, a cover, a second site."""
        promoted, left = self.staff[PROMOTED], self.staff[LEFT]
        with _on(self.today - timedelta(days=200)):
            start = self.today - timedelta(days=195)
            self._end(promoted, start - timedelta(days=1), "竞聘上岗")
            self._seat(promoted, "XSZG", start, "竞聘上岗")
        with _on(self.today - timedelta(days=40)):
            self._end(left, self.today - timedelta(days=20), "本人辞职")
        with _on(self.today - timedelta(days=20)):
            self.write("staff", [(Staff.rows.get(pk=left.pk), {"status": "left"})], "离职手续已办结")
        with _on(self.today - timedelta(days=30)):
            second = self.today - timedelta(days=28)
            site = self.sites["HPL"]
            self._seat(self.staff[BOTH_SITES], "XSJL", second, "筹备湖畔里", site=site, is_primary=False)
            self._seat(self.staff[BOTH_SITES_DESK], "NY", second, "筹备湖畔里", site=site, is_primary=False)
        with _on(self.today - timedelta(days=5)):
            self._end(self.staff[LEAVING], self.today + timedelta(days=12), "离职申请已批准")
        with _on(self.today - timedelta(days=2)):
            self._seat(
                self.staff[STANDS_IN],
                "XSZG",
                self.today - timedelta(days=1),
                "主管年休假",
                valid_to=self.today + timedelta(days=6),
                is_primary=False,
                is_acting=True,
                acting_for=self.staff[AWAY],
            )

    def _end(self, person, last_day, reason):
        row = Assignment.rows.get(staff=person, valid_to=None, voided_at=None)
        self.write("assignment", [(row, {"valid_to": last_day})], reason)

    def _seat(self, person, position, start, reason, site=None, **values):
        values = {
            "staff": person,
            "position": self.positions[position],
            "site": site or self.sites[MAIN],
            "valid_from": start,
        } | values
        self.write("assignment", [(None, values)], reason)

    def accounts(self):
        """An account for everybody who is still there; the demo logins bear short names, the others their number."""
        names = {name: username for username, _password, _role, name in DEMO_LOGINS}
        password = make_password(ADMINISTRATOR[1])  # once for all: the password is well known, hashing is slow
        now = clock.now()
        there = Staff.rows.exclude(status=Staff.Status.LEFT).order_by("number")
        users = User.objects.bulk_create(
            [
                User(
                    username=names.get(staff.name, f"user{staff.number}"),
                    first_name=staff.name,
                    email=f"{names.get(staff.name, 'user' + staff.number)}@lanqiao.example",
                    password=password,
                    staff=staff,
                    date_joined=now,
                )
                for staff in there
            ]
            + [
                User(
                    username=ADMINISTRATOR[0],
                    first_name="超级管理员",
                    password=password,
                    is_superuser=True,
                    date_joined=now,
                )
            ]
        )
        keep_groups(users)
        by_name = {user.username: user for user in users}
        consultants = Assignment.rows.filter(position__role="PC", is_primary=True, valid_from__lte=self.today)
        consultants = consultants.exclude(valid_to__lt=self.today).values_list("staff", flat=True)
        return by_name | {
            "site": self.sites[MAIN],
            "staff": self.staff,
            "consultants": [user for user in users if user.staff_id in set(consultants)],
            "clerk": by_name["bo"],
            "editor": by_name["edt"],
            "approver": by_name["sm"],
            "marketing": by_name["mkt"],
        }
