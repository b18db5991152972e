"""Lines of a record through the door: one act, one version, one undoing; nobody's lines but the record's own."""

import pytest

from backoffice.customers.models import Customer, HouseholdMember
from backoffice.registers import catalogue, changes
from backoffice.registers.changes import Conflict, Denied, Refused, Write
from backoffice.registers.models import ChangeSet
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

PART = "householdmember"

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    org.site()
    return catalogue.get("customer")


def write(register, row=None, lines=(), version=None, **values):
    """(ChangeSet, Customer) of one act on a customer and the lines of the household."""
    if row is None:
        values = {"name": "林书岚", "phone": "19900010001"} | values
    wish = Write(row=row, values=values, version=version, lines={PART: list(lines)})
    done = changes.apply(register, [wish], act=org.by_system("登记"))
    return done, Customer.rows.get(pk=wish.row.pk)


def line(row=None, action="save", version=None, **values):
    return Write(row=row, values=values, action=action, version=version)


def household(row):
    return list(HouseholdMember.rows.filter(customer=row, voided_at=None).order_by("pk").values_list("name", "age"))


def test_a_record_and_its_lines_are_one_act(register):
    done, row = write(register, lines=[line(name="陈予安", relation="spouse"), line(name="林小满", age=6)])

    assert household(row) == [("陈予安", None), ("林小满", 6)]
    history = HouseholdMember.history.model.objects
    assert set(history.values_list("change_set", flat=True)) == {done.pk}
    assert set(history.values_list("history_date", flat=True)) == {row.updated_at}
    assert (done.created, row.version) == (1, 1)


def test_a_change_of_a_line_alone_gives_the_record_a_new_version(register):
    _done, row = write(register, lines=[line(name="林小满", age=6)])
    child = HouseholdMember.rows.get()

    done, row = write(register, row, [line(child, age=7)])

    assert (row.version, household(row), done.updated) == (2, [("林小满", 7)], 1)
    assert row.history.count() == 2


def test_lines_that_stay_as_they_are_write_nothing(register):
    _done, row = write(register, lines=[line(name="林小满", age=6)])

    done, row = write(register, row, [line(HouseholdMember.rows.get(), name="林小满", age=6)])

    assert (row.version, done.touched) == (1, 0)
    assert HouseholdMember.history.model.objects.count() == 1


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_written(register):
    lines = [line(name="陈予安"), line(name="", age=6), line(name="陈予安", phone="12")]
    with pytest.raises(Refused) as refused:
        write(register, lines=lines, phone="1")

    assert set(refused.value.by_field()) == {"phone"}
    assert {place: set(found) for place, found in refused.value.by_line().items()} == {
        (PART, 1): {"name"},
        (PART, 2): {"phone"},
    }
    assert not Customer.rows.exists() and not HouseholdMember.rows.exists()


def test_no_record_has_two_lines_of_one_key_whether_they_stand_there_or_come_together(register):
    _done, row = write(register, lines=[line(name="陈予安")])
    for lines in ([line(name="陈予安")], [line(name="林小满"), line(name="林小满")]):
        with pytest.raises(Refused) as refused:
            write(register, row, lines)
        assert [(key, list(found)) for key, found in refused.value.by_line().items()] == [
            ((PART, len(lines) - 1), ["name"])
        ]
    other = write(register, lines=[line(name="陈予安")], phone="19900010002")[1]
    assert household(other) == [("陈予安", None)]


def test_a_name_given_up_by_one_line_is_free_for_another(register):
    _done, row = write(register, lines=[line(name="陈予安")])
    _done, row = write(register, row, [line(HouseholdMember.rows.get(), action="void"), line(name="陈予安", age=30)])
    assert household(row) == [("陈予安", 30)]


def test_a_line_of_another_record_is_denied(register):
    _done, row = write(register, lines=[line(name="陈予安")])
    other = write(register, phone="19900010002")[1]
    for record in (other, None):
        with pytest.raises(Denied):
            write(register, record, [line(HouseholdMember.rows.get(), age=1)], phone="19900010003")
    assert household(row) == [("陈予安", None)]


def test_an_older_version_of_record_or_line_is_a_conflict(register):
    _done, row = write(register, lines=[line(name="林小满", age=6)])
    child = HouseholdMember.rows.get()
    write(register, row, [line(child, age=7)])
    with pytest.raises(Conflict):
        write(register, row, [line(child, age=8)], version=1)
    with pytest.raises(Conflict):
        write(register, row, [line(child, age=8, version=1)])
    assert household(row) == [("林小满", 7)]


def test_who_does_not_reach_the_record_reaches_no_line_of_it(register):
    consultant, other = org.person("PC"), org.person("PC")
    _done, row = write(register, lines=[line(name="陈予安", phone="19900020001")], owner_consultant=other.staff)
    (part,) = register.parts
    found = HouseholdMember.rows.get()
    assert not part.visible(viewer_of(consultant)).exists()
    assert part.visible(viewer_of(other)).get() == found
    assert part.value(found, "phone", viewer_of(other)) == "19900020001"
    assert part.value(found, "phone", viewer_of(org.person("SM"))) == "199****0001"


def test_undoing_takes_lines_back_with_their_record(register):
    first, row = write(register, lines=[line(name="陈予安", age=30), line(name="林小满", age=6)])
    spouse, child = HouseholdMember.rows.order_by("pk")
    second, row = write(
        register, row, [line(spouse, age=31), line(child, action="void"), line(name="林书帆")], remark="二访"
    )

    changes.undo(second, act=org.by_system("看错了"))
    assert household(row) == [("陈予安", 30), ("林小满", 6)]
    assert Customer.rows.get().remark == ""

    third = changes.undo(ChangeSet.objects.get(undoes=second), act=org.by_system("没看错"))
    assert household(row) == [("陈予安", 31), ("林书帆", None)] and third.kept == []


def test_a_line_touched_since_is_kept_with_the_reason(register):
    _first, row = write(register, lines=[line(name="林小满", age=6)])
    child = HouseholdMember.rows.get()
    second, row = write(register, row, [line(child, age=7, remark="上小学")])
    write(register, row, [line(child, age=8)])

    undoing = changes.undo(second, act=org.by_system("看错了"))

    child.refresh_from_db()
    assert (child.age, child.remark) == (8, "")
    assert [(item["row"], item["part"], item["field"]) for item in undoing.kept] == [(row.public_id, PART, "age")]


def test_a_record_that_its_own_act_wrote_twice_is_taken_back_whole(register):
    act = org.by_system("导入")
    from django.db import transaction

    with transaction.atomic():
        change_set = changes.open_change_set(register, act)
        wish = Write(values={"name": "林书岚", "phone": "19900010001"})
        changes.write_rows(change_set, register, [wish], act=act)
        more = Write(row=wish.row, lines={PART: [line(name="陈予安")]})
        changes.write_rows(change_set, register, [more], act=act)
        changes.finish(change_set)

    undoing = changes.undo(change_set, act=org.by_system("导错了"))

    assert undoing.kept == [] and Customer.rows.get().is_void and HouseholdMember.rows.get().is_void
