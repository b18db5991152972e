"""What the database itself refuses, declared as `Trigger`s and created after every migrate: SQLite rebuilds a table
to change it, and its triggers are gone."""

from dataclasses import dataclass

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate


@dataclass(frozen=True)
class Trigger:
    """Refuse `event` ("DELETE", "UPDATE OF a, b") on a row of `table` for which the SQL `when` holds.

    TRUNCATE, which only PostgreSQL knows, is refused as a whole.
    """

    name: str
    table: str
    event: str
    when: str
    message: str

    def statements(self, vendor):
        if vendor == "sqlite":
            return [] if self.event == "TRUNCATE" else self._on_sqlite()
        row, each = ("OLD" if self.event == "DELETE" else "NEW"), "ROW"
        if self.event == "TRUNCATE":
            row, each = "NULL", "STATEMENT"
        # PostgreSQL allows no subquery in WHEN, so the condition stands in the function.
        return [
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  constants
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN {row}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {each} EXECUTE FUNCTION {self.name}()",
        ]

    def _on_sqlite(self):
        return [
            f"DROP TRIGGER IF EXISTS {self.name}",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW WHEN {self.when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END",
        ]


def append_only(table, unless="FALSE", columns=""):
    """The triggers of a table whose rows are written once and kept, but where the SQL `unless` holds.

    `columns` names, for a table of which some may change, those that never do.
    """
    event = f"UPDATE OF {columns}" if columns else "UPDATE"
    return [
        Trigger(f"{table}_keep", table, "DELETE", f"NOT ({unless})", f"{table} keeps every row"),
        Trigger(f"{table}_final", table, event, f"NOT ({unless})", f"{table} is written once"),
        Trigger(f"{table}_whole", table, "TRUNCATE", "TRUE", f"{table} is never emptied"),
    ]


def ensure_triggers(triggers, using="default"):
    """Create the triggers anew. Safe to run at any time."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger in triggers:
            if trigger.table in present:
                for statement in trigger.statements(connection.vendor):
                    cursor.execute(statement)


def after_migrate(receiver):
    """Connect `receiver(using, **kwargs)` to the end of every migrate; call it from AppConfig.ready()."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    uid = f"{receiver.__module__}.{receiver.__qualname__}"
    post_migrate.connect(receiver, sender=last, weak=False, dispatch_uid=uid)
