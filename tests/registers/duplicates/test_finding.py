"""Likely duplicates are found over the whole register, shown as far as one reaches, and never shown again when two
were said to differ."""

import pytest

from backoffice.registers.changes import Denied, Refused
from backoffice.registers.duplicates import groups, jobs
from backoffice.registers.duplicates.models import LikenessKey
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.samples import _identity

PAPER = _identity(1)
pytestmark = pytest.mark.django_db


def shown(register, user):
    found, _more = groups.page(register, viewer_of(user))
    return [sorted(row.pk for row, _rules in members) for members in found]


def test_records_agree_by_any_telephone_by_paper_or_by_name_and_address(register, enter, manager, find):
    a = enter("陈予安", phone="19900000001")
    b = enter("陈先生", further_phones=["19900000001"])
    c = enter("李岚", identity_number=PAPER)
    d = enter("李 岚", identity_number=PAPER, home_address="湖滨路1号")
    e = enter("李岚", home_address="湖滨路 1号")
    enter("王舟")
    enter("王舟")
    assert find().result == {"groups": 2}
    assert shown(register, manager) == [[a.pk, b.pk], [c.pk, d.pk, e.pk]]


def test_another_site_is_another_world_and_void_records_are_none(register, enter, manager, find, merge):
    enter(phone="19900000001")
    enter(phone="19900000001", site=org.site("B"))
    first, second = enter(phone="19900000002"), enter(further_phones=["19900000002"])
    find()
    assert shown(register, manager) == [[first.pk, second.pk]]
    merge(first, second)
    assert shown(register, manager) == []
    assert find().result == {"groups": 0}


def test_one_sees_the_groups_within_ones_reach_only(register, enter, find):
    mine, other = org.person("PC"), org.person("PC")
    ours = [enter(owner_consultant=mine.staff, home_address="湖滨路1号") for _ in range(2)]
    enter(owner_consultant=other.staff, home_address="湖滨路1号")
    find()
    assert shown(register, mine) == [[row.pk for row in ours]]
    assert shown(register, other) == []


def test_what_was_said_to_differ_is_remembered(register, enter, manager, find):
    rows = [enter(home_address="湖滨路1号") for _ in range(3)]
    find()
    with pytest.raises(Refused):
        groups.differ(register, rows[:2], viewer_of(manager), "")
    groups.differ(register, rows[:2], viewer_of(manager), "父子同名")
    find()
    assert shown(register, manager) == [[row.pk for row in rows]]
    groups.differ(register, rows, viewer_of(manager), "同名")
    find()
    assert shown(register, manager) == []


def test_nobody_judges_records_beyond_their_reach(register, enter):
    user = org.person("PC")
    rows = [enter(home_address="湖滨路1号") for _ in range(2)]
    with pytest.raises(Denied):
        groups.differ(register, rows, viewer_of(user), "不同")


def test_a_key_that_many_share_makes_no_group(register, enter, manager, find):
    for _ in range(21):
        enter(further_phones=["19900009999"])
    assert find().result == {"groups": 0}


def test_the_search_goes_on_where_it_stopped_and_keeps_no_number(register, enter, monkeypatch, find):
    monkeypatch.setattr(jobs, "SLICE", 2)
    rows = [enter(phone=f"1990000000{n}", further_phones=["19900000099"]) for n in range(5)]
    assert find().result == {"groups": 1}
    assert LikenessKey.objects.filter(rule=0).count() == 2 * len(rows)
    assert not LikenessKey.objects.filter(key__contains="1990000").exists()
