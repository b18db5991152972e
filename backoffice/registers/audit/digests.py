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


def _moment(value):
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _decimal(places):
    return lambda value: f"{value:.{places}f}"


def _json(field):
    return lambda value: json.loads(json.dumps(field.get_prep_value(value), cls=DjangoJSONEncoder))


@cache
def _plain(model):
    """[(attribute, function or None)] of the values of `model` that its digest covers."""
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
        found.append((field.attname, plain))
    return found


def digest(row):
    """64 hexadecimal signs over the salt and the values of `row`, a row as it was written or read."""
    values = {name: _as_plain(getattr(row, name), plain) for name, plain in _plain(type(row))}
    text = json.dumps(
        [row._meta.db_table, row.salt, values], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _as_plain(value, plain):
    return value if plain is None or value is None else plain(value)
