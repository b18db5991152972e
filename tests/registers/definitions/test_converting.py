"""A field changes its kind by a copy, and may be indexed."""

from decimal import Decimal

import pytest
from django.db import connection, models
from django.urls import reverse

from backoffice.jobs.worker import drain
from backoffice.registers.changes import undo
from backoffice.registers.definitions import converting, indexes, operations
from backoffice.registers.definitions.models import FieldDefinition, Kind
from backoffice.registers.models import ChangeSet
from tests.organisation import factories as org

from .conftest import added, written

OPTIONS = [("", "自住", "", False), ("", "投资", "", False)]


def taken_back(change_set):
    act = org.by_system("撤销")
    act.channel = ChangeSet.Channel.UNDO
    return undo(change_set, act=act)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "value", "kind", "expected"),
    [
        (Kind.TEXT, "12", Kind.INTEGER, 12),
        (Kind.TEXT, "89.5", Kind.QUANTITY, Decimal("89.5000")),
        (Kind.TEXT, "128.5万", Kind.AMOUNT, Decimal("1285000.00")),
        (Kind.TEXT, "2025年6月2日", Kind.DAY, "2025-06-02"),
        (Kind.TEXT, "是", Kind.YES_NO, True),
        (Kind.TEXT, "朋友", Kind.CHOICE, "o1"),
        (Kind.TEXT, "自住、投资", Kind.CHOICES, ["o1", "o2"]),
        (Kind.TEXT, "周建国", Kind.STAFF, "manager"),
        (Kind.CHOICE, "o2", Kind.CHOICES, ["o2"]),
        (Kind.CHOICES, ["o1", "o2"], Kind.TEXT, "自住、投资"),
        (Kind.CHOICES, ["o1", "o2"], Kind.CHOICE, converting.NotConverted),
        (Kind.INTEGER, 12, Kind.TEXT, "12"),
        (Kind.INTEGER, 12, Kind.AMOUNT, Decimal("12.00")),
        (Kind.QUANTITY, "12.5", Kind.INTEGER, converting.NotConverted),
        (Kind.TEXT, "约3人", Kind.INTEGER, converting.NotConverted),
        (Kind.TEXT, "没有这个人", Kind.STAFF, converting.NotConverted),
        (Kind.DAY, "2025-06-02", Kind.TEXT, "2025-06-02"),
        (Kind.YES_NO, True, Kind.TEXT, "是"),
    ],
)
def test_values_are_read_as_cells_are(register, manager, source, value, kind, expected):
    options = OPTIONS if source in (Kind.CHOICE, Kind.CHOICES) else None
    definition = added(manager, source, options=options)
    old = register.fields[definition.key]
    row = written(register, **{old.name: value})[1]
    seen = converting.preview(old, kind)
    if expected is converting.NotConverted:
        assert (seen.converted, seen.refused) == (0, 1) and seen.wrong()[0][1] == 1
        return
    assert (seen.converted, seen.refused) == (1, 0)
    trial = FieldDefinition(key="xtrial", register="customer", kind=kind)
    found = converting.Converter(old, trial, {"朋友": "o1", "自住": "o1", "投资": "o2"}).value(row)
    expected = next(iter(manager.staff)) if expected == "manager" else expected
    assert (found.isoformat() if kind == Kind.DAY else found) == expected


@pytest.mark.django_db(transaction=True)
def test_the_copy_is_previewed_made_by_the_worker_and_taken_back(register, manager, as_):
    old = added(manager, label="家庭人数", help_text="常住", required=True)
    rows = [written(register, n=n, **{old.key: text})[1] for n, text in enumerate(["3", "约3人", "4", "不清楚"], 1)]
    browser, url = as_(manager.user), reverse("definitions_convert", args=["customer", old.key])
    page = browser.get(url, {"kind": "integer"}).content.decode()
    assert "约3人" in page and "不清楚" in page
    assert browser.post(url, {"kind": "integer", "_reason": ""}).status_code == 422
    assert browser.post(url, {"kind": "integer", "_reason": "要统计"}).status_code == 302
    assert FieldDefinition.objects.get(pk=old.pk).in_force
    drain()
    old.refresh_from_db()
    new = old.replaced_by
    assert (new.label, new.help_text, new.required, new.in_force) == ("家庭人数", "常住", True, True)
    assert old.archived_at and old.key not in register.fields
    for row in rows:
        row.refresh_from_db()
    assert [register.fields[new.key].raw(row) for row in rows] == [3, None, 4, None]
    assert browser.get(url).context["result"]["converted"] == 2
    change_set = ChangeSet.objects.filter(channel="timer").latest("pk")
    assert change_set.updated == 2 and "要统计" in change_set.reason
    taken_back(change_set)
    rows[0].refresh_from_db()
    assert rows[0].custom == {old.key: "3"}
    operations.archive(new, manager, "退回")
    operations.bring_back(old, manager, "退回")
    assert register.fields[old.key].raw(rows[0]) == "3"


@pytest.mark.django_db(transaction=True)
def test_while_it_is_copied_nobody_changes_the_old_value(register, manager):
    old = added(manager, label="家庭人数")
    row = written(register, **{old.key: "3"})[1]
    converting.start(old, Kind.INTEGER, manager, "要统计")
    row = written(register, row, **{old.key: "5", "name": "林叶"})[1]
    assert (row.name, row.custom[old.key]) == ("林叶", "3")
    drain()


def plan(rows):
    """The plan of a query, with full scans made dear: a table of a few rows is read whole otherwise."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")
        text = rows.explain()
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    return text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.INTEGER, Kind.AMOUNT, Kind.DAY, Kind.MOMENT, Kind.STAFF])
def test_an_index_is_built_used_rebuilt_after_a_migrate_and_dropped(register, manager, kind):
    definition = added(manager, kind)
    written(register)
    operations.index(definition, manager)
    drain()
    definition.refresh_from_db()
    assert definition.indexed_at and indexes.built(definition)
    column = register.fields[definition.key]
    values = {Kind.DAY: "2025-06-02", Kind.MOMENT: "2025-06-02T10:00Z", Kind.TEXT: "甲"}
    rows = register.with_columns(register.model.rows.all(), [column])
    assert indexes.name_of(definition) in plan(rows.filter(**{column.path: values.get(kind, 7)}))
    assert indexes.name_of(definition) in plan(rows.order_by(models.F(column.path).asc(nulls_last=True), "pk"))
    indexes.drop(definition)
    indexes.ensure()
    assert indexes.built(definition)
    operations.archive(definition, manager, "不用")
    drain()
    assert not indexes.built(definition)


@pytest.mark.django_db
def test_lists_of_values_and_long_texts_are_not_indexed(register, manager, as_):
    definition = added(manager, Kind.LONG_TEXT)
    as_(manager.user).post(reverse("definitions_index", args=["customer", definition.key]), {"wanted": "1"})
    definition.refresh_from_db()
    assert not definition.index_wanted
