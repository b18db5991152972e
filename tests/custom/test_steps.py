"""States go by their steps and numbers are given, whoever writes and through whichever channel."""

import re

import pytest

from backoffice.registers import changes
from backoffice.registers.changes import Act, Refused, Write
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens.addresses import record_url
from tests.organisation import factories as org

from .factories import ASKED, HANDED_OUT, SETTLED, field, made

pytestmark = pytest.mark.django_db


def entry(register, **values):
    values = {"title": "雨伞", field(register, "数量"): 2} | values
    change_set = changes.apply(register, [Write(values=values)], act=org.by_system())
    return register.model.rows.get(pk=register.history.objects.get(change_set=change_set).id)


def write(register, user, row=None, channel="form", **values):
    act = Act(user, channel, "test", viewer=viewer_of(user))
    return changes.apply(register, [Write(row=row, values=values)], act=act)


def test_a_record_begins_in_the_first_state_and_goes_by_its_steps_alone(gifts):
    row = entry(gifts)
    assert row.state == ASKED
    manager = org.person("SM")
    with pytest.raises(Refused):
        write(gifts, manager, row, state=SETTLED)
    write(gifts, manager, row, state=HANDED_OUT)
    write(gifts, manager, row, state=SETTLED)
    with pytest.raises(Refused):
        write(gifts, manager, row, state=ASKED)
    row.refresh_from_db()
    assert row.state == SETTLED
    with pytest.raises(Refused):
        write(gifts, org.person("BO"), title="茶杯", state=SETTLED, **{field(gifts, "数量"): 1})


def test_a_step_is_for_its_roles_on_every_channel(gifts, as_):
    row, clerk = entry(gifts), org.person("BO")
    for channel in ("form", "bulk", "api", "import", "list"):
        with pytest.raises(Refused):
            write(gifts, clerk, row, channel, state=HANDED_OUT)
    page = as_(clerk).get(record_url(row))
    assert page.status_code == 200 and "发放" not in page.text
    refused = as_(clerk).post(record_url(row, "move", HANDED_OUT), {"_version": 1})
    assert refused.status_code == 422 and "待领" in refused.text
    stranger = org.person("STK", site=org.site("B"))
    assert as_(stranger).post(record_url(row, "move", HANDED_OUT), {"_version": 1}).status_code == 404
    row.refresh_from_db()
    assert (row.state, row.version) == (ASKED, 1)


def test_one_button_takes_a_record_on_and_the_way_back_is_an_undo(gifts, as_):
    row, keeper = entry(gifts), org.person("STK")
    browser = as_(keeper)
    assert "发放" in browser.get(record_url(row)).text
    assert browser.post(record_url(row, "move", HANDED_OUT), {"_version": 1}).status_code == 302
    row.refresh_from_db()
    assert row.state == HANDED_OUT
    page = browser.get(record_url(row)).text
    assert "退回" in page and "核销" not in page
    assert browser.post(record_url(row, "move", ASKED), {"_version": 1}).status_code == 409
    assert browser.post(record_url(row, "move", "nowhere"), {"_version": 2}).status_code == 404
    done = gifts.history.objects.filter(id=row.pk).latest("history_id").change_set
    changes.undo(done, act=Act(keeper, "undo", "看错了", viewer=viewer_of(keeper)))
    row.refresh_from_db()
    assert row.state == ASKED


def test_a_list_from_outside_brings_states_as_far_as_its_bringer_could_go(gifts):
    quantity = {field(gifts, "数量"): 1}
    write(gifts, org.person("SM"), channel="import", title="茶杯", state=SETTLED, **quantity)
    with pytest.raises(Refused):
        write(gifts, org.person("BO"), channel="import", title="雨衣", state=SETTLED, **quantity)


def test_numbers_run_without_gaps_by_site_and_year_and_nobody_writes_one(gifts):
    first, second = entry(gifts), entry(gifts)
    elsewhere = entry(gifts, site=org.site("B"))
    year = first.created_at.year
    assert [row.number for row in (first, second, elsewhere)] == [
        f"LP-A-{year}-0001",
        f"LP-A-{year}-0002",
        f"LP-B-{year}-0001",
    ]
    manager = org.person("SM")
    with pytest.raises(Refused):
        write(gifts, manager, first, number="LP-A-2020-0009")
    with pytest.raises(Refused):
        write(gifts, manager, title="", **{field(gifts, "数量"): 1})
    write(gifts, manager, title="茶杯", **{field(gifts, "数量"): 1})
    numbers = list(gifts.model.rows.filter(site=org.site()).values_list("number", flat=True))
    assert sorted(int(re.search(r"\d+$", number)[0]) for number in numbers) == [1, 2, 3]


def test_two_registers_share_a_table_and_nothing_else(gifts):
    keys = made("keys", label="钥匙借用", rights={"SM": "A:ceaxg"}, states=(), moves=())
    mine, other = entry(gifts), entry(keys)
    assert set(gifts.model.rows.all()) == {mine} and set(keys.model.rows.all()) == {other}
    assert not keys.history.objects.filter(id=mine.pk).exists()
    storekeeper, manager = org.person("STK"), org.person("SM")
    assert not keys.seen_by(viewer_of(storekeeper)) and gifts.seen_by(viewer_of(storekeeper))
    with pytest.raises(changes.Denied):
        write(keys, manager, mine, title="改")
