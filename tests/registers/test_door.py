"""The one door: what it writes, what it refuses, and that nothing else writes."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from backoffice.customers import dictionaries as customer_dictionaries
from backoffice.customers.models import Customer
from backoffice.jobs.models import Outbox
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Conflict, Denied, Refused, Write, apply, undo
from backoffice.registers.changes.opening import WrittenOutsideDoor
from backoffice.registers.models import ChangeSet, OutsideDoor, SearchKey
from backoffice.registers.scope import Unscoped, viewer_of
from tests.organisation import factories as org

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    customer_dictionaries.load()
    return catalogue.get("customer")


@pytest.fixture
def consultant(register):
    return org.person("PC", name="李岚")


@pytest.fixture
def manager(register):
    return org.person("SM", name="王经理")


def save(register, user, values, row=None, **kwargs):
    wish = Write(values=values, row=row, **kwargs)
    change_set = apply(register, [wish], act=Act(user, "form", "电话登记"))
    return change_set, register.model.rows.get(pk=wish.row.pk)


def customer(register, user, phone="19900000001", name="陈予安", **values):
    return save(register, user, {"name": name, "phone": phone, "owner_consultant": user.staff} | values)[1]


def test_one_act_writes_row_history_change_set_search_and_event_together(register, consultant):
    change_set, row = save(register, consultant, {"name": "陈予安", "phone": "+86 199 0000 0001"})
    entry = register.history.objects.get()
    assert row.phone == "19900000001" and row.version == 1 and row.created_by == consultant
    assert (entry.history_type, entry.history_user, entry.change_set) == ("+", consultant, change_set)
    assert (change_set.channel, change_set.reason, change_set.created) == ("form", "电话登记", 1)
    assert Outbox.objects.filter(name="records.changed", change_set=change_set.pk).count() == 1
    assert list(register.finding(register.visible(viewer_of(consultant)), "予安")) == [row]
    assert list(register.finding(register.visible(viewer_of(consultant)), "199-0000-0001")) == [row]
    assert list(register.finding(register.visible(viewer_of(consultant)), "0001")) == [row]
    assert not register.finding(register.visible(viewer_of(consultant)), "1990000").exists()


def test_lost_search_keys_are_rebuilt(register, consultant):
    row = customer(register, consultant)
    SearchKey.objects.all().delete()
    assert not register.finding(register.visible(viewer_of(consultant)), "予安").exists()
    call_command("rebuild_search", "customer")
    assert list(register.finding(register.visible(viewer_of(consultant)), "予安")) == [row]
    with pytest.raises(CommandError, match="customer"):
        call_command("rebuild_search", "nobody")


def test_only_what_changed_is_written_and_an_unchanged_row_leaves_no_trace(register, consultant):
    row = customer(register, consultant)
    change_set, row = save(register, consultant, {"name": row.name, "intent_grade": "A"}, row=row)
    assert row.version == 2 and change_set.updated == 1
    change_set, row = save(register, consultant, {"intent_grade": "A"}, row=row)
    assert row.version == 2 and change_set.touched == 0
    assert register.history.objects.filter(id=row.pk).count() == 2


def test_bad_values_are_all_reported_and_nothing_is_written(register, consultant):
    wishes = [
        Write(values={"name": "甲", "phone": "123"}),
        Write(values={"name": "", "phone": "19900000002", "intent_grade": "Z"}),
        Write(values={"name": "乙", "phone": "19900000003", "identity_number": "990101199003070010"}),
        Write(values={"name": "丙", "phone": "19900000004"}),
        Write(values={"name": "丁", "phone": "199 0000 0004"}),
    ]
    with pytest.raises(Refused) as caught:
        apply(register, wishes, act=Act(consultant, "form"))
    assert {(r.index, r.field, r.code) for r in caught.value.refusals} == {
        (0, "phone", "bad_phone"),
        (1, "name", "blank"),
        (1, "intent_grade", "unknown_choice"),
        (2, "identity_number", "bad_identity_number"),
        (4, "phone", "taken"),
    }
    assert not Customer.rows.exists() and not ChangeSet.objects.filter(register="customer").exists()


def test_a_taken_phone_names_nobody(register, consultant):
    customer(register, org.person("PC", name="周一"), name="苏一宁")
    with pytest.raises(Refused) as caught:
        customer(register, consultant, name="别人")
    assert "苏一宁" not in str(caught.value) and "周一" not in str(caught.value)


def test_the_database_itself_refuses_a_second_living_row_with_the_same_phone(register, consultant, monkeypatch):
    customer(register, consultant)
    monkeypatch.setattr("backoffice.registers.changes.door.duplicate_keys", lambda *args, **kwargs: [])
    monkeypatch.setattr("backoffice.registers.changes.door.duplicate_keys.TAKEN", "taken", raising=False)
    with pytest.raises(Refused, match="taken"), transaction.atomic():
        customer(register, consultant, name="另一位")
    assert Customer.rows.count() == 1


def test_a_second_editor_is_told_instead_of_overwriting(register, consultant, manager):
    row = customer(register, consultant)
    save(register, manager, {"remark": "经理写的"}, row=row, version=1)
    with pytest.raises(Conflict) as caught:
        save(register, consultant, {"remark": "顾问写的"}, row=row, version=1)
    assert caught.value.row.remark == "经理写的"


def test_a_colleague_may_neither_see_nor_touch(register, consultant):
    row = customer(register, consultant)
    colleague = org.person("PC", name="周一")
    assert not Customer.objects.visible_to(viewer_of(colleague)).exists()
    with pytest.raises(Denied):
        save(register, colleague, {"remark": "偷改"}, row=row)


def test_ownership_changes_only_by_who_decides_it(register, consultant, manager):
    row = customer(register, consultant)
    other = org.person("PC", name="周一")
    with pytest.raises(Denied):
        save(register, consultant, {"owner_consultant": other.staff}, row=row)
    assert save(register, manager, {"owner_consultant": other.staff}, row=row)[1].owner_consultant == other.staff


def test_a_record_points_only_to_what_its_writer_may_choose(register, consultant, manager):
    stranger = org.person("PC", site=org.site("B"))
    with pytest.raises(Refused) as caught:
        customer(register, consultant, owner_consultant=stranger.staff)
    assert [(r.field, r.code) for r in caught.value.refusals] == [("owner_consultant", "unknown_reference")]
    desk = org.person("RC")
    assert customer(register, desk, owner_consultant=consultant.staff).owner_consultant == consultant.staff


def test_nobody_writes_at_a_site_they_do_not_work_at(register, consultant):
    with pytest.raises(Refused) as caught:
        customer(register, consultant, site=org.site("B"))
    assert caught.value.by_field().keys() == {"site"}


def test_voiding_frees_the_key_keeps_the_row_and_stops_changes(register, consultant, manager):
    row = customer(register, consultant)
    save(register, manager, {}, row=row, action="void")
    again = customer(register, consultant, name="同号新客")
    row.refresh_from_db()
    assert row.is_void and row.void_reason == "电话登记" and not again.is_void
    with pytest.raises(Refused) as caught:
        save(register, manager, {"remark": "x"}, row=row)
    assert [refusal.code for refusal in caught.value.refusals] == ["void"]


def test_undo_takes_back_what_still_stands_and_lists_the_rest(register, consultant, manager):
    kept, changed = customer(register, consultant, "19900000001"), customer(register, consultant, "19900000002")
    wishes = [
        Write(row=kept, values={"intent_grade": "A", "remark": "批量"}),
        Write(row=changed, values={"intent_grade": "B"}),
        Write(values={"name": "新客", "phone": "19900000003"}),
        Write(values={"name": "后来改过的新客", "phone": "19900000004"}),
    ]
    change_set = apply(register, wishes, act=Act(manager, "bulk", "批量整理"))
    save(register, manager, {"remark": "后来写的"}, row=kept)
    save(register, manager, {"remark": "后来写的"}, row=wishes[3].row)
    undoing = undo(change_set, act=Act(manager, "undo", "整理错了"))
    rows = {row.phone[-1]: row for row in Customer.rows.all()}
    assert (rows["1"].intent_grade, rows["1"].remark) == ("", "后来写的")
    assert rows["2"].intent_grade == "" and rows["3"].is_void and not rows["4"].is_void
    assert {(entry["row"], entry["field"]) for entry in undoing.kept} == {
        (rows["1"].public_id, "remark"),
        (rows["4"].public_id, None),
    }
    with pytest.raises(Refused):
        undo(change_set, act=Act(manager, "undo"))
    with pytest.raises(Denied):
        undo(undoing, act=Act(consultant, "undo"))


def test_an_undo_keeps_a_column_whose_old_value_is_taken_by_now(register, consultant, manager):
    row = customer(register, consultant, "19900000001")
    change_set, _row = save(register, manager, {"phone": "19900000009"}, row=row)
    customer(register, consultant, "19900000001", name="新号主")
    undoing = undo(change_set, act=Act(manager, "undo"))
    row.refresh_from_db()
    assert row.phone == "19900000009" and undoing.kept[0]["row"] == row.public_id


def test_rows_are_not_read_without_saying_for_whom_nor_saved_without_the_door(register, consultant):
    row = customer(register, consultant)
    with pytest.raises(Unscoped):
        Customer.objects.filter(name="陈予安")
    for write in (row.save, row.delete):
        with pytest.raises(OutsideDoor):
            write()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers_customer SET name = 'x'",
        "update \"customers_customer\" set name = 'x'",
        "DELETE FROM customers_historicalcustomer",
        "INSERT INTO customers_customer (name) VALUES ('x')",
        "WITH gone AS (SELECT 1) DELETE FROM customers_customer WHERE 1 = 0",
    ],
)
def test_the_proof_fires_on_raw_sql(register, statement):
    with pytest.raises(WrittenOutsideDoor), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_proof_fires_on_querysets(register, consultant):
    customer(register, consultant)
    for write in (
        lambda: Customer.rows.update(name="x"),
        lambda: Customer.rows.all().delete(),
        lambda: Customer.rows.bulk_create([Customer(name="x", phone="y")]),
    ):
        with pytest.raises(WrittenOutsideDoor), transaction.atomic():
            write()


def test_many_rows_are_written_in_few_statements(register, manager, django_assert_max_num_queries):
    def wishes(first, count):
        return [Write(values={"name": "客", "phone": f"1990000{n:04d}"}) for n in range(first, first + count)]

    apply(register, wishes(0, 1), act=Act(manager, "import"))
    with django_assert_max_num_queries(64):
        apply(register, wishes(100, 400), act=Act(manager, "import"))
