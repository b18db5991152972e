"""What an entry vouches for: a salted hash over every value of a row of history, of an act or of a look.

Values are hashed in a plain form that is the same before and after the database kept them, on every database, and
whatever key encrypts them.
"""

import hashlib
import json
from datetime import UTC
from functools import cache
from operator import methodcaller

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

# The salt stands beside the values in the hash; `filed` tells of the log and not of the look.
_LEFT_OUT = {"salt", "filed"}
# Columns that came after the log. While they hold nothing they are left out, so that rows which were there before
# keep their digest; fields of ours say the same of themselves by `hashed_when_empty = False`.
_YOUNGER = {"within"}


def _moment(value):
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _decimal(places):
    return lambda value: f"{value:.{places}f}"


def _json(field):
    return lambda value: json.loads(json.dumps(field.get_prep_value(value), cls=DjangoJSONEncoder))


@cache
def _plain(model):
    """[(attribute, function or None, whether an empty value counts)] of the values of `model` that its digest
    covers."""
    found = []
    for field in model._meta.concrete_fields:
        if field.name in _LEFT_OUT:
            continue
        if isinstance(field, models.DateTimeField):
            plain = _moment
        elif isinstance(field, models.DateField):
            plain = methodcaller("isoformat")
        elif isinstance(field, models.DecimalField):
            plain = _decimal(field.decimal_places)
        elif isinstance(field, models.JSONField):
            plain = _json(field)
        else:
            plain = None
        counts = field.name not in _YOUNGER and getattr(field, "hashed_when_empty", True)
        found.append((field.attname, plain, counts))
    return found


def digest(row):
    """64 hexadecimal signs over the salt and the values of `row`, a row as it was written or read."""
    values = {
        name: _as_plain(value, plain)
        for name, plain, counts in _plain(type(row))
        if (value := getattr(row, name)) not in ("", None) or counts
    }
    text = json.dumps(
        [row._meta.db_table, row.salt, values], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _as_plain(value, plain):
    return value if plain is None or value is None else plain(value)
