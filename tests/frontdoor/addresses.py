"""Every address of the product, made callable with made-up values."""

import re

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

# One acceptable value for each kind of converter.
EXAMPLES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x/y",
}


def addresses():
    """(view, address) of every pattern of the resolver, its parameters filled in."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns, prefix):
    for entry in patterns:
        address = prefix + _filled(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.callback, f"/{address}"
        else:
            yield from _walk(entry.url_patterns, address)


def _filled(pattern):
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda match: EXAMPLES.get(match[1] or "str", "x"), str(pattern))
    return _from_regex(pattern.regex.pattern)


def _from_regex(text):
    """An address that a simple pattern matches: groups by their first choice, classes by one character."""
    text = text.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    while (plain := re.sub(r"\((?:\?:|\?P<\w+>)?([^()|]*)(?:\|[^()]*)?\)([*?]?)", r"\1", text)) != text:
        text = plain
    text = re.sub(r"\\d[+*]?|\[\^/\][+*]", "1", text)
    text = re.sub(r"\[[^\]]*\][+*]?|\.[+*]|\\w[+*]?", "x", text)
    return text.replace("\\", "")
