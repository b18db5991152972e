"""Fields that managers add: typed, released, and from then on like any other field."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from backoffice.jobs.worker import drain
from backoffice.registers.changes import Denied, Refused, Write, apply, undo
from backoffice.registers.definitions import known, operations
from backoffice.registers.definitions.models import FieldDefinition, Kind, Link
from backoffice.registers.models import ChangeSet
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

from .conftest import added, written

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)
# Each kind with a value as people give it, the value as Python has it, and a smaller one.
VALUES = {
    Kind.TEXT: ("南门来的", "南门来的", "东门"),
    Kind.LONG_TEXT: ("第一行\n第二行", "第一行\n第二行", "一"),
    Kind.INTEGER: ("12", 12, "9"),
    Kind.QUANTITY: ("89.5", Decimal("89.5"), "9.25"),
    Kind.AMOUNT: ("1280000.50", Decimal("1280000.50"), "90000"),
    Kind.DAY: ("2025-06-02", date(2025, 6, 2), "2025-06-01"),
    Kind.MOMENT: (NOON, NOON, datetime(2025, 6, 1, tzinfo=UTC)),
    Kind.YES_NO: (True, True, False),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_every_kind_is_kept_compared_and_in_the_history(register, manager, kind):
    given, kept, smaller = VALUES[kind]
    key = added(manager, kind).key
    column = register.fields[key]
    row = written(register, **{key: given})[1]
    other = written(register, n=2, **{key: smaller})[1]
    empty = written(register, n=3)[1]
    assert column.raw(row) == kept and column.raw(register.history.objects.filter(id=row.pk).first()) == kept
    rows = register.with_columns(register.model.rows.all(), [column])
    assert list(rows.filter(**{column.path: kept})) == [row]
    assert set(rows.filter(**{f"{column.path}__isnull": True})) == {empty}
    if kind not in (Kind.TEXT, Kind.LONG_TEXT):  # how texts are ordered is the database's own matter
        assert list(rows.filter(pk__in=[row.pk, other.pk]).order_by(column.path)) == [other, row]


def test_nothing_shows_before_the_release_and_nothing_after_archiving(register, manager):
    definition = added(manager, released=False)
    assert definition.key not in register.fields
    operations.release(definition, manager)
    assert register.fields[definition.key].label == "来源备注"
    row = written(register, **{definition.key: "口碑"})[1]
    definition.refresh_from_db()
    operations.archive(definition, manager, "不再用")
    assert definition.key not in register.fields
    written(register, row, name="陈予宁")
    operations.bring_back(definition, manager, "又要用")
    row.refresh_from_db()
    assert register.fields[definition.key].raw(row) == "口碑"


def test_what_is_prepared_waits_for_the_next_release(register, manager):
    definition = added(manager)
    operations.prepare(definition, {"label": "来源说明", "required": True}, manager)
    known.forget()
    assert register.fields[definition.key].label == "来源备注"
    operations.release(definition, manager, "改名")
    assert register.fields[definition.key].label == "来源说明" and register.fields[definition.key].required
    assert FieldDefinition.history.filter(key=definition.key).first().history_change_reason == "改名"


def test_who_does_not_configure_the_register_defines_nothing(register, manager):
    definition = added(manager, released=False)
    for role in ("PC", "AUD", "FIN"):
        viewer = viewer_of(org.person(role))
        for deed in (
            lambda viewer=viewer: operations.prepare(definition, {"label": "甲"}, viewer),
            lambda viewer=viewer: operations.release(definition, viewer),
            lambda viewer=viewer: operations.archive(definition, viewer, "x"),
        ):  # fmt: skip
            with pytest.raises(Denied):
                deed()


def test_options_are_a_dictionary_of_their_own_and_are_retired_not_deleted(register, manager):
    options = [("", "自住", "own use", False), ("", "投资", "investment", False)]
    definition = added(manager, Kind.CHOICE, options=options)
    column = register.fields[definition.key]
    row = written(register, **{definition.key: "o2"})[1]
    assert column.display(column.raw(row)) == "投资"
    with pytest.raises(Refused):
        written(register, row, **{definition.key: "o9"})
    operations.prepare(definition, {}, manager, [("o1", "自己住", "own use", False)])
    assert column.display("o1") == "自住"
    operations.release(definition, manager)
    row.refresh_from_db()
    assert column.display(column.raw(row)) == "投资"
    assert [label for _code, label in column.field.formfield().choices] == ["—", "自己住"]


def test_a_choice_without_options_is_not_released(register, manager):
    with pytest.raises(ValidationError):
        added(manager, Kind.CHOICE)


def test_a_unique_value_is_held_by_one_living_row(register, manager):
    key = added(manager, unique=True).key
    first = written(register, **{key: "A-1"})[1]
    with pytest.raises(Refused):
        written(register, n=2, **{key: "a-1"})
    written(register, first, **{key: "A-2"})
    second = written(register, n=2, **{key: "A-1"})[1]
    apply(register, [Write(row=second, action="void")], act=org.by_system("双份"))
    written(register, n=3, **{key: "A-1"})


def test_a_required_field_is_asked_for_and_a_default_fills_in(register, manager):
    required = added(manager, label="编号", required=True).key
    filled = added(manager, Kind.INTEGER, label="人数", default="2").key
    with pytest.raises(Refused) as refused:
        written(register)
    assert set(refused.value.by_field()) == {required}
    row = written(register, **{required: "一"})[1]
    assert register.fields[filled].raw(row) == 2


def test_a_link_is_named_within_reach_and_protects_what_it_points_to(register, manager):
    key = added(manager, Kind.RECORD, target="customer", label="介绍人").key
    change_set, friend = written(register)
    row = written(register, n=2, **{key: friend})[1]
    assert Link.objects.filter(key=key, row=row.pk, target=friend.pk).exists()
    assert register.fields[key].get(row) == friend
    viewer = viewer_of(org.person("SM"))
    (column, read), = register.readers(viewer, [key], [row])  # fmt: skip
    assert column.display(read(row)) == "陈予安"
    undoing = undo(change_set, act=_undoing())
    assert undoing.kept and not register.model.rows.get(pk=friend.pk).is_void


def _undoing():
    act = org.by_system("撤销")
    act.channel = ChangeSet.Channel.UNDO
    return act


def test_a_change_of_an_added_field_is_undone_with_its_act(register, manager):
    key = added(manager, Kind.AMOUNT).key
    row = written(register, **{key: "100"})[1]
    change_set, row = written(register, row, **{key: "250"})
    undo(change_set, act=_undoing())
    row.refresh_from_db()
    assert register.fields[key].raw(row) == Decimal("100.00")


@pytest.mark.django_db(transaction=True)
def test_a_formula_follows_its_fields_and_reaches_rows_already_there(register, manager):
    price = added(manager, Kind.AMOUNT, label="参考价").key
    area = added(manager, Kind.QUANTITY, label="建面").key
    row = written(register, **{price: "20000", area: "89.5"})[1]
    total = added(manager, Kind.COMPUTED, label="合计价", gives=Kind.AMOUNT, expression="｛参考价｝×｛建面｝").key
    drain()
    row.refresh_from_db()
    column = register.fields[total]
    assert column.raw(row) == Decimal("1790000.00")
    row = written(register, row, **{area: "100"})[1]
    assert column.raw(row) == Decimal("2000000.00")
    row = written(register, row, **{area: None})[1]
    assert column.raw(row) is None
    assert ChangeSet.objects.filter(channel="timer", updated=1).exists()


@pytest.mark.parametrize(
    "formula",
    [
        *("__import__('os')", "open('x')", "lambda: 1", "[1 for x in (1,)]", "{name}.upper()", "2**99"),
        *("{phone}", "{没有}", "+".join("1" * 99), "1" * 401, "("),
    ],
)  # fmt: skip
def test_a_formula_is_nothing_but_a_formula(register, manager, formula):
    with pytest.raises(ValidationError):
        added(manager, Kind.COMPUTED, gives=Kind.TEXT, expression=formula)


@pytest.mark.parametrize(
    "formula", ["1 / 0", "999999999999999 * 999999999999999", "{age} / ({age} - {age})", "'甲' + 1"]
)
def test_a_formula_without_a_result_gives_nothing(register, manager, formula):
    key = added(manager, Kind.COMPUTED, gives=Kind.QUANTITY, expression=formula).key
    row = written(register, age=30)[1]
    assert register.fields[key].raw(row) is None
