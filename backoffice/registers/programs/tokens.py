"""Access tokens: made, shown to, looked up, withdrawn. The secret is seen once, by the person who made it.

What a token allows is asked of its owner at every request: nothing of their rights is kept here.
"""

import hashlib
import secrets
from datetime import timedelta

from django.contrib import auth
from django.db import transaction

from backoffice.jobs import clock

from .models import AccessToken

START = "bo_"
HINT = len(START) + 6
# How long a token may live, in days.
LIVES = (30, 90, 180, 365)
MOST = 20
USED_EVERY = timedelta(minutes=1)

# Functions `(owner, actor, made, token)`, called in the transaction in which a token is made or withdrawn: the
# organisation writes it into the log of the account.
WITNESSES = []


class TooMany(Exception):
    """Somebody holds as many tokens as anybody may."""


def digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(owner, *, name, scope, registers, days):
    """Makes a token of `owner` that ends in `days`. Returns it and its secret, which is nowhere kept.

    Raises TooMany.
    """
    secret = START + secrets.token_urlsafe(32)
    with transaction.atomic():
        if living(owner).count() >= MOST:
            raise TooMany
        now = clock.now()
        token = AccessToken.objects.create(
            owner=owner,
            name=name,
            digest=digest(secret),
            hint=secret[:HINT],
            scope=scope,
            registers=sorted(registers),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        _witness(token, owner, True)
    return token, secret


def revoke(token, actor):
    """Withdraws a token for good. Whether it was still in force."""
    with transaction.atomic():
        rows = AccessToken.objects.filter(pk=token.pk, revoked_at=None)
        if not rows.update(revoked_at=clock.now(), revoked_by=actor):
            return False
        _witness(token, actor, False)
    return True


def revoke_all(owner, actor):
    """Withdraws every token of `owner`; an account that is closed opens again without them."""
    for token in AccessToken.objects.filter(owner=owner, revoked_at=None):
        revoke(token, actor)


def living(owner):
    return AccessToken.objects.filter(owner=owner, revoked_at=None, expires_at__gt=clock.now())


def presented(secret):
    """The token whose secret is `secret`, while it is in force and its owner may enter; else None.

    Looked up by a digest of 256 random bits, so that the time it takes says nothing about other tokens. The owner is
    the one the sign-in would let in at this moment: no position today, no token.
    """
    if not secret.isascii():
        return None
    token = AccessToken.objects.filter(digest=digest(secret), revoked_at=None, expires_at__gt=clock.now()).first()
    owner = token and who_may_enter(token.owner_id)
    if owner is None:
        return None
    token.owner = owner
    return token


def who_may_enter(number):
    """The account, as the backend that signs people in gives it to a session of theirs."""
    users = (backend.get_user(number) for backend in auth.get_backends() if hasattr(backend, "get_user"))
    return next((user for user in users if user is not None), None)


def used(token, address):
    """Notes where a token was used, at most once a minute."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now, last_used_from=address)


def _witness(token, actor, made):
    for witness in WITNESSES:
        witness(token.owner, actor, made, token)
