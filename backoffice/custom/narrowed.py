"""One model for the records of each definition: the entry table and its history, narrowed to their rows.

They are proxies, so that the table stays one and nothing is done to the database while the product runs; they stand
in a registry of their own, so that migrations and permissions know only the table itself.
"""

from threading import Lock

from django.apps.registry import Apps
from django.db import models

from backoffice.registers.scope import EngineRows, GuardedRows

from .models import Entry

_registry = Apps()
_made = {}
_making = Lock()


class RowsOf(EngineRows):
    """The rows of one definition."""

    def __init__(self, definition):
        super().__init__()
        self.definition = definition

    def get_queryset(self):
        return super().get_queryset().filter(definition=self.definition)


def models_of(definition):
    """(model, history model) of the definition with that row number, the same ones in all the life of a process."""
    with _making:
        if definition not in _made:
            _made[definition] = (_entry(definition), _history(definition))
        return _made[definition]


def _meta():
    return type("Meta", (), {"proxy": True, "apps": _registry, "app_label": "custom"})


def _entry(definition):
    def begin(row, *args, **kwargs):
        Entry.__init__(row, *args, **kwargs)
        if row.__dict__.get("definition_id", definition) is None:
            row.definition_id = definition

    body = {
        "__module__": Entry.__module__,
        "__init__": begin,
        "Meta": _meta(),
        "rows": RowsOf(definition),
        "objects": GuardedRows(),
    }
    return type(f"Entry{definition}", (Entry,), body)


def _history(definition):
    base = Entry.history.model
    body = {"__module__": base.__module__, "Meta": _meta(), "objects": HistoryOf(definition)}
    return type(f"HistoricalEntry{definition}", (base,), body)


class HistoryOf(models.Manager):
    """The history rows of one definition."""

    def __init__(self, definition):
        super().__init__()
        self.definition = definition

    def get_queryset(self):
        return super().get_queryset().filter(definition=self.definition)
