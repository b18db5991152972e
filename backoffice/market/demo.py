"""Market research of the fictional project: what is seen at three rival projects, week by week for a year.

The rivals are as invented as the project. Source: systems.md 79.
"""

import random
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from backoffice.jobs import clock
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Act, Write
from backoffice.registers.scope import system_viewer

WEEKS = 52
# Rival project: its average price at the beginning of the year, in yuan per ㎡.
RIVALS = {"湖畔里": 16_800, "云澜府": 18_200, "青禾苑": 15_400}
SOURCES = ("现场暗访", "渠道经纪人", "网签数据", "竞品公众号", "到访客户口述")
FINDINGS = (
    "主推 108 ㎡ 三房，首付分期六个月。",
    "周末到访约 40 组，案场配两名物业管家。",
    "推出老带新奖励，到访送小家电。",
    "样板间更新，重点讲收纳和采光。",
    "去化放缓，顾问开始主动报优惠。",
    "加推一栋，开盘前一周收筹。",
)
DEMANDS = (
    "近期首置客户占六成，最关心学校和通勤。",
    "改善客户看重 128 ㎡ 四房，介意主卧朝向。",
    "换房客户等旧房出手，付款周期拉长。",
    "询问车位价格的客户明显增多。",
)


def life(people, *, seed=1, size="small", until=None):
    """Writes the research through the door, and stops after each week of its year.

    `people` is a dict with `site` and `marketing` (who collects). The size makes no difference: a site looks at its
    rivals as often as it does.
    """
    dice = random.Random(seed)  # noqa: S311  demo data wants repetition, not secrecy
    until = until or clock.today()
    user = people["marketing"]
    for week in range(WEEKS):
        day = until - timedelta(days=7 * (WEEKS - week) - 5)
        with clock.at(timezone.make_aware(datetime.combine(day, time(16, dice.randrange(60))))):
            act = Act(user, "seed", "本周市调", viewer=system_viewer(user))
            writes = [Write(values=values) for values in _week(dice, people["site"], day, week)]
            changes.apply(catalogue.get("market_research"), writes, act=act)
        yield week


def _week(dice, site, day, week):
    """One rival a week; every fourth week what buyers want."""
    rival = list(RIVALS)[week % len(RIVALS)]
    drift = Decimal(RIVALS[rival]) * (Decimal(1) - Decimal(week) / 1000) + dice.randrange(-150, 150)
    seen = {"site": site, "rival": rival, "seen_on": day}
    yield seen | {
        "topic": "rival",
        "average_price": drift.quantize(Decimal("1")),
        "source": dice.choice(SOURCES[:4]),
        "findings": dice.choice(FINDINGS),
    }
    if week % 4 == 3:
        yield seen | {"topic": "demand", "source": SOURCES[4], "findings": dice.choice(DEMANDS)}
