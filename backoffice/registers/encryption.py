"""Values the database keeps encrypted: identity numbers and bank accounts, in rows and in history.

AES-256-GCM under one of `settings.FIELD_KEYS`: the first key encrypts, all of them decrypt, so that keys can be
changed while the product runs (`manage.py rotate_keys`). What is kept looks like `enc:KEY:NONCE+CIPHERTEXT`, where
KEY names the key. The database sees nothing to compare or sort by; values are found by their keyed hashes.
"""

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError

MARK = "enc:"
_NONCE = 12


class KeyMissing(Exception):
    """A value was encrypted with a key that is not among settings.FIELD_KEYS, or was changed since."""


@lru_cache
def _ciphers(keys):
    """{name of the key: cipher}, in the order of `keys`."""
    found = {}
    for key in keys:
        raw = hashlib.sha256(b"field key:" + key.encode()).digest()
        found[hashlib.sha256(raw).hexdigest()[:8]] = AESGCM(raw)
    return found


def present_mark():
    """The beginning of every value encrypted with the present key."""
    return f"{MARK}{next(iter(_ciphers(tuple(settings.FIELD_KEYS))))}:"


def encrypt(text):
    """`text` as the database keeps it; empty stays empty, and what is encrypted already stays as it is."""
    if not text or text.startswith(MARK):
        return text
    name, cipher = next(iter(_ciphers(tuple(settings.FIELD_KEYS)).items()))
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + cipher.encrypt(nonce, text.encode(), name.encode())
    return f"{MARK}{name}:{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(kept):
    """The text behind `kept`. A text that was never encrypted is itself. Raises KeyMissing."""
    if not kept or not kept.startswith(MARK):
        return kept
    name, _colon, sealed = kept.removeprefix(MARK).partition(":")
    cipher = _ciphers(tuple(settings.FIELD_KEYS)).get(name)
    if cipher is None:
        raise KeyMissing(f"No field key is called {name}.")
    raw = base64.urlsafe_b64decode(sealed)
    try:
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()).decode()
    except InvalidTag as error:
        raise KeyMissing(f"A value does not fit its key {name}.") from error


class Encrypted:
    """Mixin of a text field whose column holds the encrypted value; Python sees the value itself."""

    encrypted = True

    def get_internal_type(self):
        return "TextField"

    def from_db_value(self, value, expression, connection):
        return decrypt(value)

    def get_db_prep_save(self, value, connection):
        return encrypt(super().get_db_prep_save(value, connection))

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is kept encrypted: it is found by its hash, not by {lookup_name}.")
        return super().get_lookup(lookup_name)


def encrypt_slice(connection, table, key, column, *, after=0, size=500):
    """Encrypts with the present key what stands in `column` of up to `size` rows of `table` behind the key `after`.

    Returns the last key looked at, None at the end. A value that changes meanwhile is left as it was written.
    """
    quoted = [connection.ops.quote_name(name) for name in (table, key, column)]
    select = "SELECT {1}, {2} FROM {0} WHERE {1} > %s ORDER BY {1} LIMIT %s".format(*quoted)  # noqa: S608  names of our own
    update = "UPDATE {0} SET {2} = %s WHERE {1} = %s AND {2} = %s".format(*quoted)  # noqa: S608  names of our own
    with connection.cursor() as cursor:
        cursor.execute(select, [after, size])
        rows = cursor.fetchall()
        for number, kept in rows:
            if kept and not kept.startswith(present_mark()):
                cursor.execute(update, [encrypt(decrypt(kept)), number, kept])
    return rows[-1][0] if rows else None


def encrypting(*columns):
    """For `migrations.RunPython`: encrypts what stands in `columns`, each (table, key, column)."""

    def forwards(apps, schema_editor):
        for column in columns:
            last = 0
            while last is not None:
                last = encrypt_slice(schema_editor.connection, *column, after=last)

    return forwards
