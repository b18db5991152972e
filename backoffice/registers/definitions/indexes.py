"""Indexes over the values of added fields: wanted in their definitions, built by the worker, found by lists.

They are no part of a migration, and a migration that rebuilds a table on SQLite drops them: `ensure` looks after
every migrate that they are there.
"""

from django.db import connection, models

from backoffice.jobs import clock

from .. import catalogue
from .columns import column_of
from .models import FieldDefinition


def name_of(definition):
    return f"added_{definition.key}"


def index_of(definition):
    """The index of the rows of a register by the value of one field, ties by row number as lists sort them."""
    column = column_of(catalogue.get(definition.register), definition)
    # As a text, because Django wraps an index over decimals in one more cast on SQLite, and queries in none.
    value = models.ExpressionWrapper(column.expression(), output_field=models.TextField())
    return models.Index(value, models.F("id"), name=name_of(definition))


def built(definition):
    """Whether the index is there and whole: an interrupted building leaves one that PostgreSQL does not use."""
    asked = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s"
    if connection.vendor == "postgresql":
        asked = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid"
    with connection.cursor() as cursor:
        cursor.execute(asked, [name_of(definition)])
        return cursor.fetchone() is not None


def settle(definition):
    """Builds or drops the index, as the definition says, and writes down since when it is there."""
    wanted, there = definition.index_wanted and definition.in_force, built(definition)
    if wanted and not there:
        build(definition)
    elif there and not wanted:
        drop(definition)
    at = (definition.indexed_at or clock.now()) if wanted else None
    FieldDefinition.objects.filter(pk=definition.pk).update(indexed_at=at)


def build(definition):
    """Builds the index. On PostgreSQL people go on writing meanwhile, unless a transaction is open."""
    drop(definition)
    extra = {}
    if connection.vendor == "postgresql":
        extra["concurrently"] = not connection.in_atomic_block
    model = catalogue.get(definition.register).model
    _execute(index_of(definition).create_sql(model, connection.SchemaEditorClass(connection), **extra))


def drop(definition):
    way = "CONCURRENTLY " if connection.vendor == "postgresql" and not connection.in_atomic_block else ""
    _execute(f"DROP INDEX {way}IF EXISTS {connection.ops.quote_name(name_of(definition))}")


def _execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(str(statement))


def ensure(**kwargs):
    """Builds every index that is wanted and missing: after each migrate."""
    if FieldDefinition._meta.db_table not in connection.introspection.table_names():
        return
    for definition in FieldDefinition.objects.filter(index_wanted=True, indexed_at__isnull=False, archived_at=None):
        if not built(definition):
            build(definition)
