"""What people search for stays out of addresses, logs and browser histories: it may be a telephone.

The words are posted, kept in the session and named in the address by a random token.
"""

import secrets

KEPT = 40


def keep(session, words):
    """The token under which `words` are kept; the same words keep their token, the oldest leave."""
    searches = session.get("searches", {})
    token = next((token for token, kept in searches.items() if kept == words), None) or secrets.token_urlsafe(9)
    searches.pop(token, None)
    searches[token] = words
    session["searches"] = dict(list(searches.items())[-KEPT:])
    return token


def kept(session, token):
    """The words kept under `token`; None when they are not kept (any more), or belong to somebody else."""
    return session.get("searches", {}).get(token) if isinstance(token, str) else None
