"""What people search for stays out of addresses, logs and browser histories: it may be a telephone.

The query is posted, kept in the session and named in the address by a random token.
"""

import secrets

KEPT = 20


def keep(session, query):
    """The token under which `query` is kept; the same query keeps its token, the oldest leave."""
    searches = session.get("searches", {})
    token = next((token for token, kept in searches.items() if kept == query), None) or secrets.token_urlsafe(9)
    searches.pop(token, None)
    searches[token] = query
    session["searches"] = dict(list(searches.items())[-KEPT:])
    return token


def kept(session, token):
    """The query kept under `token`, or an empty text."""
    return session.get("searches", {}).get(token, "") if token else ""
