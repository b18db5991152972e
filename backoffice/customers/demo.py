"""Customers of the fictional project: a year of registrations, grades that change, files that are corrected.

Nobody in it exists: names are put together from two lists, telephones are of the series 199 0001 xxxx and those
behind it, which no sample file uses, identity numbers use the region 99, which nobody was given. Source:
content-outline.md §7.
"""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from backoffice.jobs import clock
from backoffice.organisation.models import Staff
from backoffice.registers import catalogue, changes, dictionaries
from backoffice.registers.changes import Act, Write
from backoffice.registers.scope import system_viewer

SIZES = {"small": 640, "large": 20_000}
WEEKS = 52
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈"
GIVEN = "岚屿清远知遥禾苗星野槿书砚舟帆予安暮云初晓澄辰朗宁乔溪松柏榆桐然宜好君文佳新思雨雪梅竹晴川海涛"
DISTRICTS = ("城东", "城西", "高新片区", "老城", "湖滨", "北站片区", "南门")
OCCUPATIONS = ("教师", "工程师", "医生", "个体经营", "公司职员", "公务员", "会计", "设计师", "自由职业")
REMARKS = (
    "",
    "",
    "",
    "周末再来看房",
    "关注学校距离",
    "需要两个车位",
    "等家人商量",
    "看过样板间",
    "担心高压线距离",
    "先看高楼层",
)
REASONS = ("再次到访,意向更明确", "两周未回复", "家人同意购买", "预算有变", "已在别处购房的可能", "要求周末再看")


def life(people, *, seed=1, size="small", until=None):
    """Writes the demo customers through the door, and stops after each week of their year.

    `people` is a dict with `clerk` (the user who registers) and `consultants` (users of property consultants).
    `until` is the last day of the year of life; today when left out.
    """
    dice = random.Random(seed)  # noqa: S311  demo data wants repetition, not secrecy
    until = until or clock.today()
    register = catalogue.get("customer")
    consultants = list(people["consultants"])
    staff = {user.pk: Staff.rows.get(pk=user.staff_id) for user in consultants}
    total = SIZES[size]
    serials = iter(dice.sample(range(max(10_000, total)), total))
    known = []
    for week in range(WEEKS):
        start = until - timedelta(days=7 * (WEEKS - week))
        count = total * (week + 1) // WEEKS - total * week // WEEKS
        with clock.at(_moment(start + timedelta(days=5), time(18, 5))):
            writes = [
                Write(values=_customer(dice, next(serials), dice.choice(consultants), staff, start))
                for _ in range(count)
            ]
            act = Act(people["clerk"], "seed", "来访登记汇总", viewer=system_viewer(people["clerk"]))
            changes.apply(register, writes, act=act)
            known += [write.row for write in writes]
        with clock.at(_moment(start + timedelta(days=6), time(17, 40))):
            _regrade(dice, register, known, consultants)
        yield week


def _customer(dice, serial, consultant, staff, start):
    consultant = staff[consultant.pk]
    contact = _moment(start + timedelta(days=dice.randrange(6)), time(dice.randrange(9, 17), dice.randrange(60)))
    low = dice.randrange(90, 260)
    area = dice.choice((89, 108, 128, 143))
    return {
        "site": consultant.site_id,
        "name": dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2, 2)))),
        "phone": f"19900{10_000 + serial:06d}",
        "gender": dice.choice(_codes("gender")),
        "age": dice.randrange(23, 68),
        "identity_kind": "",
        "identity_number": _identity(dice) if dice.random() < 0.3 else "",
        "occupation": dice.choice(OCCUPATIONS),
        "district": dice.choice(DISTRICTS),
        "intent_grade": dice.choices(_codes("intent_grade")[:4], (8, 22, 40, 30))[0],
        "awareness_source": dice.sample(_codes("awareness_source"), dice.choice((1, 1, 1, 2))),
        "first_contact_at": contact,
        "owner_consultant": consultant,
        "purpose": dice.sample(_codes("purpose"), 1),
        "budget": (low * 10_000, (low + dice.randrange(10, 60)) * 10_000),
        "layout_wish": [dice.choice(_codes("layout"))],
        "area_wish": (area - 5, area + 10),
        "do_not_contact": dice.random() < 0.02,
        "remark": dice.choice(REMARKS),
    }


def _regrade(dice, register, known, consultants):
    """Three consultants look at a few of their customers again."""
    for user in dice.sample(consultants, min(3, len(consultants))):
        mine = [row for row in known if row.owner_consultant_id == user.staff_id]
        writes = [
            Write(row=row, values={"intent_grade": dice.choice(_codes("intent_grade")[:4])})
            for row in dice.sample(mine, min(2, len(mine)))
        ]
        if writes:
            changes.apply(register, writes, act=Act(user, "form", dice.choice(REASONS), viewer=system_viewer(user)))


def _codes(dictionary):
    return [code for code, _label in dictionaries.choices(dictionary)]


def _identity(dice):
    born = date(1958, 1, 1) + timedelta(days=dice.randrange(16_000))
    body = f"99010{dice.randrange(1, 9)}{born:%Y%m%d}{dice.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def _moment(day, at):
    return timezone.make_aware(datetime.combine(day, at))
