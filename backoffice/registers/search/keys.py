"""Keyed hashes by which a number is found without being stored readable."""

import hashlib
import hmac

from django.conf import settings


def digest(kind, value):
    """A keyed hash of `value` as 24 hexadecimal signs; `kind` keeps equal digits of two kinds apart."""
    message = f"{kind}:{value}".encode()
    return hmac.new(settings.HASH_KEY.encode(), message, hashlib.sha256).hexdigest()[:24]


def keys_of_number(value):
    """The keys of a phone or identity number: the whole value and its last four signs."""
    if not value:
        return set()
    keys = {f"#{digest('whole', value)}"}
    if len(value) >= 4:
        keys.add(f"#{digest('last4', value[-4:])}")
    return keys


def closed_key(field, key):
    """`key` for what only some may search: whoever does not know of `field` never asks for it."""
    return f"~{digest(field, key)}"
