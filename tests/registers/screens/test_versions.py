"""Any two versions beside each other; one field or all brought back."""

import pytest

from backoffice.registers.changes import Write, apply
from tests.organisation import factories as org

from .conftest import SECRET, at


@pytest.fixture
def row(make, people, customers):
    """A customer in its third version."""
    made = make(people.li, intent_grade="A", remark="旧")
    apply(customers, [Write(row=made, values={"intent_grade": "B"})], act=org.by_system("改一"))
    apply(customers, [Write(row=made, values={"remark": "新", "phone": "19922227788"})], act=org.by_system("改二"))
    made.refresh_from_db()
    return made


def compared(client, row, **versions):
    page = client.get(at("compare", row), versions)
    return {item.field: (item.old, item.new) for item, _url in page.context["differences"]}, page


def test_two_versions_are_compared_field_by_field_under_todays_masks(as_, people, row):
    client = as_(people.mgr)
    found, page = compared(client, row, a=1, b=3)
    assert found["intent_grade"] == ("A", "B") and found["remark"] == ("旧", "新")
    assert "*" in found["phone"][0] and "19922227788" not in page.text
    assert compared(client, row, a=1, b=2)[0] == {"intent_grade": ("A", "B")}
    assert compared(client, row)[0].keys() == {"remark", "phone"}
    assert compared(as_(people.li), row, a=2, b=3)[0]["phone"][1] == "19922227788"


def test_a_version_that_does_not_exist_is_not_found(as_, people, row):
    client = as_(people.mgr)
    assert client.get(at("compare", row), {"a": 9}).status_code == 404
    assert client.get(at("compare", row), {"a": "x"}).status_code == 404


def test_one_field_is_brought_back_and_the_others_stay(as_, people, row):
    client = as_(people.mgr)
    page = client.get(at("restore", row, 1), {"field": "remark"})
    assert page.context["chosen"] == ["remark"]
    posted = {"_version": "3", "_chosen": "1", "field": "remark"}
    assert client.post(at("restore", row, 1), posted).status_code == 422
    assert client.post(at("restore", row, 1), posted | {"_reason": "写错"}).status_code == 302
    row.refresh_from_db()
    assert (row.remark, row.intent_grade, row.phone, row.version) == ("旧", "B", "19922227788", 4)


def test_nothing_chosen_is_said_and_nothing_written(as_, people, row):
    answer = as_(people.mgr).post(at("restore", row, 1), {"_version": "3", "_chosen": "1", "_reason": "写错"})
    row.refresh_from_db()
    assert answer.status_code == 422 and row.version == 3


def test_what_was_valid_once_is_judged_anew(as_, people, make, customers):
    row = make(people.li, phone=SECRET)
    apply(customers, [Write(row=row, values={"phone": "19933337788"})], act=org.by_system("换号"))
    make(people.wang, phone=SECRET)
    posted = {"_version": "2", "_chosen": "1", "field": "phone", "_reason": "恢复"}
    answer = as_(people.mgr).post(at("restore", row, 1), posted)
    row.refresh_from_db()
    assert answer.status_code == 422 and row.phone == "19933337788" and SECRET not in answer.text


def test_a_single_value_is_offered_only_to_whom_may_change(as_, people, row):
    assert "?field=remark" in compared(as_(people.mgr), row)[1].text
    auditor = as_(org.person("AUD"))
    if auditor.get(at("record", row)).status_code == 200:
        assert "?field=remark" not in compared(auditor, row)[1].text
