"""Finding a word anywhere in what is in force, Chinese words of two signs in the middle of a sentence included.

One function: `find`. Grams narrow the releases down, a comparison of the folded text decides; so every piece of
every title and text is found, and nothing else. Source: architecture.md "Search", stack.md 5.
"""

import unicodedata
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import mark_safe

from backoffice.registers.search import probes
from backoffice.registers.search.grams import fold
from content.handbook.models import Chapter, Section
from content.scripts.models import Script
from content.training.models import Course
from workflows.releases.models import Release, ReleaseGram

from .library import LIGHT, types

KINDS = {"handbook": (Section, Chapter), "scripts": (Script,), "courses": (Course,)}
LONGEST = 100
AROUND = 36


@dataclass
class Hit:
    """One release found: `excerpt` is safe HTML with the words marked, `anchor` the clause they stand in."""

    release: Release
    title: str
    excerpt: str
    anchor: str = ""


def words_of(query):
    """The words of a query, folded, at most eight, without signs no text can hold."""
    clean = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in (query or "")[:LONGEST])
    return list(dict.fromkeys(word for word in map(fold, clean.split()) if word))[:8]


def find(query, kind=None, reader=None, limit=30):
    """(hits, total): releases in force that hold every word of `query` and that `reader` may read.

    `kind` is a key of KINDS or None for all. Titles come first, then handbook, scripts, courses in their order.
    """
    words = words_of(query)
    if not words:
        return [], 0
    models = KINDS.get(kind) or [model for group in KINDS.values() for model in group]
    found = Release.objects.filter(content_type__in=types(*models)).in_force(reader.day)
    for word in words:
        # A few grams spread over the word narrow enough; the comparison does the rest.
        pieces = probes(word)
        for gram in {pieces[0], pieces[len(pieces) // 2], pieces[-1]}:
            found = found.filter(pk__in=ReleaseGram.objects.filter(gram=gram).values("release"))
        if len(word) > 2:
            found = found.filter(words__folded__contains=word)
    order = {pk: place for place, pk in enumerate(types(Section, Chapter, Script, Course))}
    releases = [release for release in found.only(*LIGHT) if reader.may_read(release)]
    releases.sort(key=lambda r: (not _all_in(words, r.title), order[r.content_type_id], r.sort, r.label))
    texts = Release.objects.in_bulk([release.pk for release in releases[:limit]])
    return [_hit(texts[release.pk], words) for release in releases[:limit]], len(releases)


def _all_in(words, text):
    folded = fold(text)
    return all(word in folded for word in words)


def _hit(release, words):
    clause = _clause(release.content.get("clauses", []), words)
    text = "\n".join(filter(None, (clause["heading"], clause["text"]))) if clause else release.content["text"]
    return Hit(
        release=release,
        title=mark(release.title, words),
        excerpt=excerpt(text, words),
        anchor=clause["number"] if clause else "",
    )


def _clause(clauses, words):
    """The first clause with all the words, else the first with any of them."""
    texts = [(clause, fold(clause["heading"] + clause["text"])) for clause in clauses]
    for judge in (all, any):
        for clause, text in texts:
            if judge(word in text for word in words):
                return clause
    return None


def _folded_with_places(text):
    """The folded text and, for each of its signs, the place in `text` it came from."""
    signs, places = [], []
    for place, sign in enumerate(text):
        for folded in fold(sign):
            signs.append(folded)
            places.append(place)
    return "".join(signs), places


def spans(text, words):
    """Where the words stand in `text`: merged (start, end) pairs in order."""
    folded, places = _folded_with_places(text)
    found = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = folded.find(word, at + 1)
    merged = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def mark(text, words):
    """`text` as safe HTML with every word inside <mark>."""
    parts, last = [], 0
    for start, end in spans(text, words):
        parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308  every piece is escaped


def excerpt(text, words):
    """A stretch of `text` around the first word found, marked; its beginning when the words stand elsewhere."""
    found = spans(text, words)
    start = max(0, found[0][0] - AROUND) if found else 0
    end = min(len(text), (found[0][1] if found else 0) + 2 * AROUND)
    piece = " ".join(text[start:end].split())
    return mark_safe(f"{'…' if start else ''}{mark(piece, words)}{'…' if end < len(text) else ''}")  # noqa: S308
