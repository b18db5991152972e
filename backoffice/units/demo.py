"""The buildings and units of the fictional project, and a year in which they are released, subscribed and signed.

`small` is phase one: three buildings with 188 homes and 12 shops, and the first hundred parking spaces. `large`
adds the three buildings of phase two, which wait for their permit, and all 412 spaces. Source: content-outline.md 1.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from backoffice.jobs import clock
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Act, Write
from backoffice.registers.scope import system_viewer

from .models import SalesState, Unit

SIZES = {"small": 300, "large": 816}
WEEKS = 52
PERMIT, PERMIT_ON = "示预售字(2025)第018号", date(2025, 3, 18)
PROJECT = {
    "name": "岚桥里",
    "developer": "岚桥置业有限公司",
    "property_company": "岚桥物业",
    "location": "示例市临湖区岚桥路 88 号",
    "land_area": "30500",
    "floor_area": "45750",
    "plot_ratio": "1.5",
    "parking_spaces": 412,
    "property_fee": "2.80",
    "handover_on": "2026-12-31",
}
# Layout: (gross floor area, how it is called)
LAYOUTS = {"A": (89, "A 三房"), "B": (108, "B 三房"), "C": (128, "C 四房"), "D": (143, "D 四房")}
INNER_SHARE = {"home": Decimal("0.79"), "shop": Decimal("0.88"), "parking": Decimal("0.42")}


@dataclass(frozen=True)
class Block:
    """A building: `homes` are the layouts on each floor, by entrance; `release` the week its sale begins."""

    code: str
    phase: str
    floors: int
    homes: tuple
    shops: int = 0
    spaces: int = 0
    release: int | None = None


PHASE_ONE = (
    Block("1", "一期", 18, ("CB", "BA"), shops=4, spaces=38, release=0),
    Block("2", "一期", 18, ("BA", "AB"), shops=4, spaces=38, release=14),
    Block("3", "一期", 11, ("DC", "CD"), shops=4, spaces=24, release=28),
)
PHASE_TWO = (
    Block("4", "二期", 18, ("CB", "BC"), spaces=104),
    Block("5", "二期", 18, ("BA", "AB"), spaces=104),
    Block("6", "二期", 15, ("DC", "CD"), spaces=104),
)
SHOPS_RELEASED = 36  # the week in which the shops go on sale; the parking spaces wait
# Of a hundred units: how many are sold within the year, and how the weeks go on after the subscription.
SOLD_SHARE = 0.48
SIGNED_AFTER, FILED_AFTER = 1, 5  # weeks
# In the last weeks: (week, what becomes of so many homes that are free).
LAST_STEPS = (
    (WEEKS - 3, SalesState.RESERVED, 4),
    (WEEKS - 3, SalesState.WITHDRAWN, 1),
    (WEEKS - 1, SalesState.HELD, 2),
    (WEEKS - 1, SalesState.PENDING, 1),
)
MEASURED = WEEKS - 2
ORIENTATIONS = {"A": "south", "B": "south_north", "C": "south_north", "D": "southeast"}


def load(people, **options):
    """Writes the demo units through the door, a whole year at once, and returns how many."""
    for _week in life(people, **options):
        pass
    return Unit.rows.count()


def life(people, *, seed=1, size="small", until=None):
    """Writes the demo units through the door, and stops after each week of their year.

    `people` is a dict with `site`, `clerk` (who keeps the list) and `approver` (who decides the sales state).
    `until` is the last day of the year of life; today when left out.
    """
    year = _Year(people, random.Random(seed), until or clock.today())  # noqa: S311  repetition, not secrecy
    year.enter(PHASE_ONE if size == "small" else PHASE_ONE + PHASE_TWO)
    for week in range(WEEKS):
        year.live(week)
        yield week


class _Year:
    """The year while it is written: what is planned for which week, and the homes that nobody will buy in it."""

    def __init__(self, people, dice, until):
        self.site, self.clerk, self.manager = people["site"], people["clerk"], people["approver"]
        self.dice, self.first = dice, until - timedelta(days=7 * WEEKS)
        self.plan, self.free = {}, []

    def write(self, user, code, writes, reason, day, hour=17):
        """One act of `user` at some minute of the day."""
        at = datetime.combine(day, time(hour, self.dice.randrange(60)))
        with clock.at(timezone.make_aware(at)):
            act = Act(user, "seed", reason, viewer=system_viewer(user))
            changes.apply(catalogue.get(code), writes, act=act)
        return [write.row for write in writes]

    def enter(self, blocks):
        """The books before the first day of sale: project, buildings, every unit, and the permit."""
        day = self.first - timedelta(days=30)
        (project,) = self.write(self.clerk, "project", [Write(values=PROJECT | {"site": self.site})], "项目建档", day)
        buildings = [Write(values=_building(block, self.site, project)) for block in blocks]
        self.write(self.clerk, "building", buildings, "楼栋建档", day)
        listed = [values for block in blocks for values in _units(block)]
        writes = [Write(values=values | {"site": self.site}) for values in listed]
        rows = self.write(self.clerk, "unit", writes, "房源清单录入", day)
        for block in blocks:
            if block.release is not None:
                self._foresee(block, [row for row in rows if row.building.code == block.code])
        self._keep_back()

    def _foresee(self, block, rows):
        """Rolls the dice once for every unit: in which week it is subscribed, signed and filed, if at all."""
        for row in rows:
            start = {"home": block.release, "shop": SHOPS_RELEASED}.get(row.usage)
            if start is None:
                continue
            self._plan(start, SalesState.AVAILABLE, row)
            if self.dice.random() >= SOLD_SHARE:
                if row.usage == "home":
                    self.free.append(row)
                continue
            # More is sold soon after the opening than later.
            week = start + 1 + int((WEEKS - start) * self.dice.random() ** 1.5)
            self._plan(week, SalesState.SUBSCRIBED, row)
            self._plan(week + SIGNED_AFTER + self.dice.randrange(2), SalesState.SIGNED, row)
            self._plan(week + FILED_AFTER + self.dice.randrange(3), SalesState.FILED, row)

    def _keep_back(self):
        """What is kept back, was withdrawn, is held or waits for its money in the last weeks."""
        self.dice.shuffle(self.free)
        for week, state, count in LAST_STEPS:
            for _ in range(count):
                self._plan(week, state, self.free.pop())

    def _plan(self, week, state, row):
        self.plan.setdefault(week, {}).setdefault(state, []).append(row)

    def live(self, week):
        """What happens in one week; one act for each kind of step."""
        start = self.first + timedelta(days=7 * week)
        if week == MEASURED:
            self.measure(start)
        for place, (state, rows) in enumerate(sorted(self.plan.get(week, {}).items())):
            user = self.clerk if state in (SalesState.SIGNED, SalesState.FILED) else self.manager
            self.move(user, rows, state, start + timedelta(days=1 + place % 4), hour=9 + place)

    def move(self, user, rows, state, day, hour):
        permit = {"presale_permit_no": PERMIT} if state == SalesState.AVAILABLE else {}
        writes = [Write(row=row, values={"state": state} | permit) for row in rows]
        self.write(user, "unit", writes, REASONS[state], day, hour)

    def measure(self, day):
        measured = Unit.rows.filter(building__code="1", site=self.site, usage="home").order_by("pk")
        writes = [Write(row=row, values={"measured_area": _measured(row, self.dice)}) for row in measured]
        self.write(self.clerk, "unit", writes, "实测面积入账", day, hour=10)


REASONS = {
    SalesState.AVAILABLE: "推售",
    SalesState.SUBSCRIBED: "认购",
    SalesState.SIGNED: "签约",
    SalesState.FILED: "合同备案",
    SalesState.RESERVED: "公司保留",
    SalesState.WITHDRAWN: "墙面返修，暂停销售",
    SalesState.HELD: "销控",
    SalesState.PENDING: "认购书已签，等待付款",
}


def _building(block, site, project):
    values = {
        "site": site,
        "project": project,
        "code": block.code,
        "phase": block.phase,
        "floors": block.floors,
        "entrances": len(block.homes),
    }
    permit = {"presale_permit_no": PERMIT, "permit_on": PERMIT_ON}
    return values | (permit if block.release is not None else {})


def _units(block):
    """The values of every unit of a building: homes from the first floor up, then shops, then parking spaces."""
    for entrance, row in enumerate(block.homes, start=1):
        for floor in range(1, block.floors + 1):
            for place, layout in enumerate(row, start=1):
                area, name = LAYOUTS[layout]
                code = f"{block.code}-{entrance}-{floor}{place:02d}"
                orientation = {"layout": name, "orientation": ORIENTATIONS[layout]}
                yield _unit(code, "home", floor, Decimal(area)) | orientation
    for place in range(1, block.shops + 1):
        area = Decimal(42 + 9 * place)
        yield _unit(f"{block.code}-S-1{place:02d}", "shop", 1, area) | {"layout": "临街商铺", "orientation": "south"}
    for place in range(1, block.spaces + 1):
        yield _unit(f"{block.code}-B1-{place}", "parking", -1, Decimal("31.80")) | {"layout": "标准车位"}


def _unit(code, usage, floor, gross):
    inner = (gross * INNER_SHARE[usage]).quantize(Decimal("0.01"))
    return {
        "unit_code": code,
        "usage": usage,
        "floor": str(floor),
        "gross_area": gross,
        "forecast_area": gross,
        "inner_area": inner,
        "shared_area": gross - inner,
    }


def _measured(row, dice):
    """A few hundredths up or down from the forecast."""
    return row.forecast_area + Decimal(dice.randrange(-30, 45)) / 100
