"""What must hold of units and buildings, in the door and beneath it in the database."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Act, Refused, Write
from backoffice.registers.changes.opening import door_open
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.posting import posted

from . import factories as make

pytestmark = pytest.mark.django_db
PERMIT = "示预售字(2025)第018号"


def refusals(code, values, row=None, user=None, action="save"):
    act = org.by_system() if user is None else Act(user, "form", "test", viewer=viewer_of(user))
    with pytest.raises(Refused) as refused:
        changes.apply(catalogue.get(code), [Write(values=values, row=row, action=action)], act=act)
    return {(refusal.field, refusal.code) for refusal in refused.value.refusals}


@pytest.mark.parametrize("written", ["1-2-301", "1栋2单元301", "1#2-301", "01-02-0301", "一号楼二单元三零一室"])
def test_a_unit_has_one_code_however_it_is_written(written):
    made = make.building("1") and org.write("unit", {"site": org.site(), "unit_code": written, "gross_area": "89.5"})
    assert (made.unit_code, made.building.code, made.entrance, made.room) == ("1-2-301", "1", "2", "301")


def test_the_code_follows_from_building_entrance_and_room():
    building = make.building("3")
    made = org.write(
        "unit", {"site": org.site(), "building": building, "entrance": "1单元", "room": "0502", "gross_area": "89.5"}
    )
    assert made.unit_code == "3-1-502"
    assert org.write("unit", {"room": "503"}, row=made).unit_code == "3-1-503"
    moved = org.write("unit", {"unit_code": "3-2-601"}, row=made)
    assert (moved.entrance, moved.room) == ("2", "601")


def test_code_and_parts_may_not_contradict_each_other():
    building = make.building("3")
    values = {"site": org.site(), "building": building, "entrance": "1", "room": "502", "gross_area": "89.5"}
    assert refusals("unit", values | {"unit_code": "3-2-501"}) == {
        ("entrance", "contradiction"),
        ("room", "contradiction"),
    }
    assert refusals("unit", {"site": org.site(), "gross_area": "89.5"}) == {("unit_code", "missing_required")} | {
        ("building", "missing_required")
    }
    made = org.write("unit", values)
    assert ("unit_code", "missing_required") in refusals("unit", {"room": ""}, row=made)


def test_a_form_brings_no_building_along():
    make.building("1")
    assert ("unit_code", "unknown_building") in refusals(
        "unit", {"site": org.site(), "unit_code": "9-1-101", "gross_area": "89.5"}
    )


def test_one_code_lives_once_at_a_site_and_again_at_another():
    unit = make.unit("1-1-101")
    assert refusals("unit", {"site": org.site(), "unit_code": "1-1-0101", "gross_area": "90"}) == {
        ("unit_code", "taken")
    }
    make.unit("1-1-101", site=org.site("B"))
    changes.apply(catalogue.get("unit"), [Write(row=unit, action="void")], act=org.by_system("重复登记"))
    make.unit("1-1-101")


def test_a_building_of_another_site_is_refused():
    elsewhere = make.building("1", site=org.site("B"))
    unit = make.unit("1-1-101")
    assert ("building", "site") in refusals("unit", {"building": elsewhere}, row=unit)
    project = org.write("project", {"site": org.site("B"), "name": "湖畔里"})
    assert refusals("building", {"project": project}, row=unit.building) == {("project", "site")}
    assert (None, "in_use") in refusals("building", {"site": org.site("B")}, row=unit.building)


def test_areas_are_above_zero_and_parts_no_larger_than_the_whole():
    unit = make.unit()
    assert refusals("unit", {"gross_area": "0"}, row=unit) == {("gross_area", "min_value")}
    assert refusals("unit", {"inner_area": "89.51"}, row=unit) == {("inner_area", "order")}
    assert org.write("unit", {"inner_area": "89.50"}, row=unit).inner_area == Decimal("89.50")


@pytest.mark.parametrize(
    "column, value",
    [
        ("gross_area", 0),
        ("inner_area", 89.51),
        ("measured_area", -1),
        ("state", "'lost'"),
        ("unit_code", "'1-1-102'"),
        ("room", "''"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(column, value):
    unit = make.unit("1-1-101")
    with pytest.raises(IntegrityError), transaction.atomic(), door_open(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE units_unit SET {column} = {value} WHERE id = %s", [unit.pk])


def test_nothing_is_for_sale_without_a_permit():
    unit = make.unit()
    assert refusals("unit", {"state": "available"}, row=unit) == {("presale_permit_no", "missing_required")}
    released = org.write("unit", {"state": "available", "presale_permit_no": PERMIT}, row=unit)
    assert refusals("unit", {"presale_permit_no": ""}, row=released) == {("presale_permit_no", "missing_required")}


def test_who_keeps_the_list_does_not_move_the_sales_state(client):
    unit = make.unit(presale_permit_no=PERMIT)
    clerk = org.person("BO")
    org.sign_in(client, clerk)
    edit = reverse("register_unit:edit", args=[unit.public_id])
    form = client.get(edit).context["form"]
    assert "state" not in form.fields and "remark" in form.fields

    client.post(edit, posted(form) | {"_version": "1", "remark": "样板间", "state": "available"})
    unit.refresh_from_db()
    assert (unit.remark, unit.state) == ("样板间", "registered")

    for role in ("BO", "SM", "DIR"):
        user = org.person(role)
        act = Act(user, "form", "推售", viewer=viewer_of(user))
        with pytest.raises(changes.Denied):
            changes.apply(catalogue.get("unit"), [Write(row=unit, values={"state": "available"})], act=act)
    sold = {"site": org.site(), "unit_code": "1-1-102", "gross_area": "90", "state": "available"}
    assert refusals("unit", sold | {"presale_permit_no": PERMIT}, user=clerk) == {("state", "not_allowed")}


def test_what_is_sold_or_still_belongs_stays_in_the_books():
    sold = make.unit(presale_permit_no=PERMIT, state="signed")
    assert refusals("unit", {}, row=sold, action="void") == {(None, "in_use")}
    assert refusals("building", {}, row=sold.building, action="void") == {(None, "in_use")}
    project = org.write("project", {"site": org.site(), "name": "岚桥里"})
    org.write("building", {"project": project}, row=sold.building)
    assert refusals("project", {}, row=project, action="void") == {(None, "in_use")}
