"""Whatever is released, written, undone, archived and brought back: the replay of the history equals the row."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from backoffice.customers import dictionaries as customer_dictionaries
from backoffice.registers import catalogue
from backoffice.registers.changes import Refused, Write, apply, undo
from backoffice.registers.definitions import known, operations
from backoffice.registers.definitions.derived import token
from backoffice.registers.definitions.models import Kind, UniqueValue
from backoffice.registers.models import ChangeSet
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

from .conftest import added, written

OPTIONS = [("", "甲", "", False), ("", "乙", "", False)]
texts = st.text("甲乙丙 ab0,、", max_size=6).map(str.strip)
VALUES = {
    Kind.TEXT: texts,
    Kind.LONG_TEXT: texts,
    Kind.INTEGER: st.none() | st.integers(-99, 99),
    Kind.QUANTITY: st.none() | st.decimals(-99, 99, places=4),
    Kind.AMOUNT: st.none() | st.decimals(0, 10**9, places=2),
    Kind.DAY: st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    Kind.MOMENT: st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    Kind.YES_NO: st.none() | st.booleans(),
    Kind.CHOICE: st.sampled_from(["", "o1", "o2"]),
    Kind.CHOICES: st.lists(st.sampled_from(["o1", "o2"]), unique=True),
}
UNIQUE = (Kind.TEXT, Kind.INTEGER)


class Life(RuleBasedStateMachine):
    """A few customers and the fields that a manager gives them and takes away."""

    def __init__(self):
        super().__init__()
        self.register = catalogue.get("customer")
        self.manager = viewer_of(org.person("SM"))
        self.rows = [written(self.register, n=n, age=n)[1].pk for n in (1, 2)]
        self.done, self.fields = [], []

    def row(self, place):
        return self.register.model.rows.get(pk=self.rows[place])

    @rule(kind=st.sampled_from(list(VALUES)), unique=st.booleans(), searched=st.booleans())
    def release(self, kind, unique, searched):
        options = OPTIONS if kind in (Kind.CHOICE, Kind.CHOICES) else None
        told = {"unique": unique and kind in UNIQUE, "searched": searched and kind == Kind.TEXT}
        self.fields.append(added(self.manager, kind, f"字段{len(self.fields)}", options, **told))

    @rule()
    def release_a_formula(self):
        told = {"gives": Kind.INTEGER, "expression": "{age} * 2"}
        self.fields.append(added(self.manager, Kind.COMPUTED, f"字段{len(self.fields)}", **told))

    def in_force(self):
        return [self.register.fields[field.key] for field in self.fields if field.key in self.register.fields]

    @precondition(lambda self: self.in_force())
    @rule(data=st.data(), place=st.integers(0, 1), age=st.none() | st.integers(0, 99))
    def write(self, data, place, age):
        columns = [column for column in self.in_force() if not column.computed]
        values = {column.name: data.draw(VALUES[Kind(column.definition.kind)]) for column in columns} | {"age": age}
        try:
            self.done.append(written(self.register, self.row(place), **values)[0])
        except Refused:
            assert self.row(place).is_void or any(column.definition.unique for column in columns)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def take_back(self, data):
        change_set = self.done.pop(data.draw(st.integers(0, len(self.done) - 1)))
        act = org.by_system("撤销")
        act.channel = ChangeSet.Channel.UNDO
        undo(change_set, act=act)

    @precondition(lambda self: self.fields)
    @rule(data=st.data())
    def archive_or_bring_back(self, data):
        field = data.draw(st.sampled_from(self.fields))
        field.refresh_from_db()
        (operations.bring_back if field.archived_at else operations.archive)(field, self.manager, "试")

    @rule(place=st.integers(0, 1))
    def void_and_unvoid(self, place):
        row = self.row(place)
        action = "unvoid" if row.is_void else "void"
        try:
            apply(self.register, [Write(row=row, action=action)], act=org.by_system("试"))
        except Refused:
            assert action == "unvoid"

    @invariant()
    def the_history_tells_the_row(self):
        for place in (0, 1):
            row = self.row(place)
            states = list(self.register.history.objects.filter(id=row.pk).order_by("history_id"))
            assert [state.version for state in states] == list(range(1, row.version + 1))
            for field in self.register.options.concrete_fields:
                assert getattr(states[-1], field.attname) == getattr(row, field.attname), field.attname
            for column in self.in_force():
                assert column.raw(states[-1]) == column.raw(row)
                if column.definition.unique and not row.is_void and not self._held(column, row):
                    raise AssertionError(f"{column.name} of {row} is not held")

    def _held(self, column, row):
        value = token(column, row)
        kept = set(UniqueValue.objects.filter(key=column.name, row=row.pk).values_list("value", flat=True))
        return kept == ({value} if value is not None else set())


class Fresh(Life):
    """Each life begins with an empty register, and leaves one."""

    def __init__(self):
        self.savepoint = transaction.savepoint()
        known.forget()
        super().__init__()

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)
        known.forget()


@pytest.mark.django_db
def test_any_sequence_keeps_history_and_row_together():
    customer_dictionaries.load()
    few = settings(
        max_examples=12,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    run_state_machine_as_test(Fresh, settings=few)
