"""Creating and changing: sections, clear errors, masks, references within reach, conflicts, deeds with a reason."""

import pytest

from backoffice.registers import dictionaries
from backoffice.registers.changes import Write, apply
from backoffice.registers.screens import references
from tests.organisation import factories as org

from .conftest import SECRET, at


def test_a_consultant_adds_a_customer_of_their_own(as_, people, customers):
    client = as_(people.li)
    form = client.get(at("add")).context["form"]
    assert form["owner_consultant"].initial == people.li.staff
    posted = {"name": "林叶", "phone": "+86 199 0000 1234", "owner_consultant": people.li.staff.public_id}
    answer = client.post(at("add"), posted, follow=True)
    row = customers.model.rows.get()
    assert answer.redirect_chain[-1][0] == at("record", row)
    assert (row.phone, row.created_by, row.owner_consultant) == ("19900001234", people.li, people.li.staff)
    entry = customers.history.objects.get(id=row.pk)
    assert (entry.change_set.channel, entry.change_set.actor) == ("form", people.li)


def test_every_error_shows_at_once_at_its_field_and_nothing_typed_is_lost(as_, people, customers):
    posted = {"name": "", "phone": "12345", "remark": "很长的备注", "first_contact_at": "昨天"}
    page = as_(people.li).post(at("add"), posted)
    assert page.status_code == 422 and not customers.model.rows.exists()
    assert set(page.context["form"].errors) == {"name", "phone", "first_contact_at"}
    assert "很长的备注" in page.text and "12345" in page.text and 'href="#id_phone"' in page.text


def test_a_taken_number_is_refused_without_telling_whose_it_is(as_, people, make, customers):
    make(people.wang, name="何秋", phone=SECRET)
    page = as_(people.li).post(at("add"), {"name": "林叶", "phone": SECRET})
    assert page.status_code == 422 and "phone" in page.context["form"].errors
    assert "何秋" not in page.text and customers.model.rows.count() == 1


def test_a_masked_number_left_empty_is_kept_and_a_new_one_replaces_it(as_, people, make):
    row = make(people.li, phone=SECRET)
    client = as_(people.mgr)
    page = client.get(at("edit", row)).text
    assert SECRET not in page and 'placeholder="199****7788"' in page
    base = {"name": "林叶", "owner_consultant": people.li.staff.public_id}
    client.post(at("edit", row), base | {"_version": "1", "remark": "改"})
    row.refresh_from_db()
    assert (row.phone, row.remark) == (SECRET, "改")
    client.post(at("edit", row), base | {"_version": "2", "remark": "改", "phone": "19900001111"})
    row.refresh_from_db()
    assert row.phone == "19900001111"


def test_saving_without_a_change_writes_nothing(as_, people, make):
    row = make(people.li)
    posted = {"_version": "1", "name": row.name, "phone": row.phone, "owner_consultant": people.li.staff.public_id}
    as_(people.li).post(at("edit", row), posted)
    row.refresh_from_db()
    assert row.version == 1


def test_a_restricted_field_is_shown_and_cannot_be_set(as_, people, make):
    row = make(people.li)
    client = as_(people.bo)
    page = client.get(at("edit", row))
    assert "owner_consultant" not in page.context["form"].fields and "李思远" in page.text
    posted = {"_version": "1", "name": "林叶青", "owner_consultant": people.wang.staff.public_id}
    assert client.post(at("edit", row), posted).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.owner_consultant) == ("林叶青", people.li.staff)


def test_references_offer_only_what_the_viewer_may_see(as_, people, make, monkeypatch):
    stranger = org.person("PC", site=org.site("B"), name="外地人")
    row = make(people.li)
    client = as_(people.mgr)
    page = client.get(at("edit", row)).text
    assert "王晓芳" in page and "外地人" not in page
    posted = {"_version": "1", "name": "林叶", "owner_consultant": stranger.staff.public_id}
    assert client.post(at("edit", row), posted).status_code == 422
    monkeypatch.setattr(references, "FEW", 1)
    page = client.get(at("edit", row)).text
    assert 'role="combobox"' in page and "王晓芳" not in page and "李思远" in page
    offers = client.post(at("choose", None, "owner_consultant"), {"q": "晓芳"}).json()["offers"]
    assert [offer["text"].split(" · ")[0] for offer in offers] == ["王晓芳"]
    assert client.post(at("choose", None, "owner_consultant"), {"q": "外地"}).json()["offers"] == []
    assert client.post(at("choose", None, "name"), {"q": "x"}).status_code == 404


def test_two_editors_see_what_they_began_with_and_choose_field_by_field(as_, people, make, customers):
    row = make(people.li, intent_grade="A", remark="旧", workplace="老厂")
    theirs = {"remark": "她的", "occupation": "教师", "workplace": "她的厂"}
    apply(customers, [Write(row=row, values=theirs)], act=org.by_system("先到"))
    client = as_(people.mgr)
    mine = {"_version": "1", "name": "林叶", "intent_grade": "B", "remark": "我的", "workplace": "我的厂"}
    mine |= {"_reason": "回访", "owner_consultant": people.li.staff.public_id}
    page = client.post(at("edit", row), mine)
    row.refresh_from_db()
    assert page.status_code == 409 and row.remark == "她的" and "回访" in page.text
    both = {clash.field: (clash.base, clash.theirs, clash.mine) for clash in page.context["both"]}
    assert both == {"remark": ("旧", "她的", "我的"), "workplace": ("老厂", "她的厂", "我的厂")}
    assert [item.field for item in page.context["theirs"]] == ["occupation"]
    form = page.context["form"]
    assert (form["remark"].value(), form["occupation"].value(), form["intent_grade"].value()) == ("我的", "教师", "B")
    again = mine | {"_version": "2", "_base": "1", "occupation": "教师", "_choose_remark": "mine"}
    undecided = client.post(at("edit", row), again)
    row.refresh_from_db()
    assert undecided.status_code == 422 and row.version == 2
    assert {clash.field: clash.choice for clash in undecided.context["both"]} == {"remark": "mine", "workplace": ""}
    assert client.post(at("edit", row), again | {"_choose_workplace": "theirs"}).status_code == 302
    row.refresh_from_db()
    assert (row.remark, row.workplace, row.occupation, row.intent_grade) == ("我的", "她的厂", "教师", "B")


def test_the_same_value_from_both_is_no_conflict_and_ticks_have_no_order(as_, people, make, customers):
    row = make(people.li, remark="旧")
    known = [code for code, _label in dictionaries.choices("awareness_source")][:2]
    apply(customers, [Write(row=row, values={"awareness_source": known})], act=org.by_system("登记"))
    client = as_(people.mgr)
    same = {"name": "林叶", "owner_consultant": people.li.staff.public_id, "awareness_source": known[::-1]}
    client.post(at("edit", row), same | {"_version": "2", "remark": "旧"})
    row.refresh_from_db()
    assert row.version == 2
    apply(customers, [Write(row=row, values={"remark": "一样"})], act=org.by_system("先到"))
    page = client.post(at("edit", row), same | {"_version": "2", "remark": "一样"})
    assert page.status_code == 409 and page.context["both"] == []


def test_a_third_writer_is_met_as_well(as_, people, make, customers):
    row = make(people.li, remark="旧")
    apply(customers, [Write(row=row, values={"remark": "二"})], act=org.by_system("先到"))
    client = as_(people.mgr)
    mine = {"name": "林叶", "remark": "我的", "owner_consultant": people.li.staff.public_id}
    assert client.post(at("edit", row), mine | {"_version": "1"}).status_code == 409
    apply(customers, [Write(row=row, values={"remark": "三"})], act=org.by_system("又到"))
    chosen = mine | {"_version": "2", "_base": "1", "_choose_remark": "mine"}
    page = client.post(at("edit", row), chosen)
    row.refresh_from_db()
    assert page.status_code == 409 and row.remark == "三"
    assert [(clash.base, clash.theirs, clash.mine) for clash in page.context["both"]] == [("二", "三", "我的")]


def test_a_conflict_about_a_masked_field_shows_no_number(as_, people, make, customers):
    row = make(people.li, phone="19911117788")
    apply(customers, [Write(row=row, values={"phone": "19922227788"})], act=org.by_system("换号"))
    mine = {"_version": "1", "name": "林叶", "phone": "19933330000", "owner_consultant": people.li.staff.public_id}
    page = as_(people.mgr).post(at("edit", row), mine)
    assert page.status_code == 409 and "19933330000" in page.text
    assert "19911117788" not in page.text and "19922227788" not in page.text


def test_changes_of_both_to_different_fields_do_not_undo_each_other(as_, people, make, customers):
    row = make(people.li, intent_grade="A")
    apply(customers, [Write(row=row, values={"occupation": "教师"})], act=org.by_system("先到"))
    client = as_(people.mgr)
    mine = {"_version": "1", "name": "林叶", "intent_grade": "B", "owner_consultant": people.li.staff.public_id}
    page = client.post(at("edit", row), mine)
    assert page.status_code == 409 and page.context["both"] == []
    merged = {"_version": "2", "_base": "1", "occupation": page.context["form"]["occupation"].value()}
    assert client.post(at("edit", row), mine | merged).status_code == 302
    row.refresh_from_db()
    assert (row.occupation, row.intent_grade) == ("教师", "B")


def test_voiding_and_bringing_back_need_a_reason_and_the_verb(as_, people, make):
    row = make(people.li)
    assert as_(people.li).get(at("void", row)).status_code == 404
    client = as_(people.mgr)
    assert client.post(at("void", row), {"_version": "1"}).status_code == 422
    assert client.post(at("void", row), {"_version": "1", "_reason": "重复登记"}).status_code == 302
    row.refresh_from_db()
    assert row.is_void and row.void_reason == "重复登记"
    assert client.get(at("edit", row)).status_code == 302
    assert client.post(at("edit", row), {"_version": "2", "name": "改"}).status_code == 422
    assert client.post(at("unvoid", row), {"_version": "2", "_reason": "看错了"}).status_code == 302
    row.refresh_from_db()
    assert not row.is_void


def test_bringing_back_is_refused_when_the_number_has_a_new_owner(as_, people, make, customers):
    row = make(people.li, phone=SECRET)
    apply(customers, [Write(row=row, action="void")], act=org.by_system("重复"))
    make(people.wang, phone=SECRET)
    page = as_(people.mgr).post(at("unvoid", row), {"_reason": "要回来"})
    row.refresh_from_db()
    assert page.status_code == 422 and row.is_void and SECRET not in page.text


def test_an_earlier_version_is_previewed_and_restored_with_a_reason(as_, people, make, customers):
    row = make(people.li, intent_grade="A", remark="旧")
    values = {"intent_grade": "C", "remark": "新", "owner_consultant": people.wang.staff}
    apply(customers, [Write(row=row, values=values)], act=org.by_system("改"))
    client = as_(people.bo)
    page = client.get(at("restore", row, 1))
    assert {(d.field, d.old, d.new) for d in page.context["differences"]} == {
        ("intent_grade", "C", "A"),
        ("remark", "新", "旧"),
    }
    assert client.post(at("restore", row, 1), {"_version": "2"}).status_code == 422
    assert client.post(at("restore", row, 1), {"_version": "1", "_reason": "恢复"}).status_code == 409
    assert client.post(at("restore", row, 1), {"_version": "2", "_reason": "恢复"}).status_code == 302
    row.refresh_from_db()
    assert (row.intent_grade, row.remark, row.owner_consultant) == ("A", "旧", people.wang.staff)
    assert client.get(at("restore", row, 99)).status_code == 404


@pytest.mark.parametrize("screen", ["delete", "copy", "usage", "history", "inspect", "reorder"])
def test_wagtails_own_ways_of_writing_have_no_address(as_, people, make, screen):
    row = make(people.li)
    client = as_(people.mgr)
    for url in (f"/admin/r/customer/{screen}/{row.pk}/", f"/admin/r/customer/{row.public_id}/{screen}/"):
        assert client.get(url).status_code == 404 and client.post(url).status_code == 404
