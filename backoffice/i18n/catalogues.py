"""The Chinese catalogues: compiling them, finding what they lack, adding new messages to them.

Two folders in LOCALE_PATHS, the first winning: `locale/` holds our own messages, `locale/wagtail/` what
Wagtail and the other packages leave untranslated in zh-hans. English is the source language and has no
catalogue. Everything here is Python; the gettext programs are never needed.
"""

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import polib

from .messages import Message, from_tree

ROOT = Path(__file__).resolve().parents[2]
OWN = Path("locale/zh_Hans/LC_MESSAGES")
SUPPLIED = Path("locale/wagtail/zh_Hans/LC_MESSAGES")
DOMAINS = ("django", "djangojs")

# Packages whose words appear on our screens.
SHOWN = (
    "wagtail",
    "simple_history",
    "django_filters",
    "axes",
    "import_export",
    "django_otp",
    "modelsearch",
    "taggit",
    "django.conf",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
)
# Installed, with words, but every one of them belongs to a Django-admin screen or a log line.
NOT_SHOWN = ("django_q",)

HEADER = {
    "Project-Id-Version": "backoffice",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class Gap(NamedTuple):
    """A message without its Chinese: the package or file that says it, the domain, the Message."""

    source: str
    domain: str
    message: Message


class Collected(NamedTuple):
    """What one catalogue gained and lost: lists of English texts."""

    added: list
    obsolete: list


def new_catalogue():
    """An empty zh_Hans catalogue; Chinese has one plural form."""
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    return catalogue


def open_catalogue(path):
    """The catalogue at `path`, or an empty one. Raises OSError naming the line that is not PO syntax."""
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else new_catalogue()


def compile_all(root=ROOT):
    """Compiles every `locale/**/*.po` that is newer than its .mo; returns the .mo paths written.

    Each is written beside the old one and moved over it, so that a running server never reads half a file.
    """
    written = []
    for source in sorted((root / "locale").rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(polib.pofile(str(source)).to_binary())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
        written.append(target)
    return written


def _translations(catalogue):
    """{(context, English): Chinese entry} of the entries that are translated and not fuzzy."""
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue.translated_entries()}


def _lacks(translations, message):
    """A message with a count needs an entry with a count; a plain one is served by either."""
    entry = translations.get(message.key)
    return entry is None or bool(message.plural and not entry.msgid_plural)


def package_folder(package):
    """Where an installed package lives. Raises LookupError when it is not installed."""
    spec = find_spec(package)
    if spec is None:
        raise LookupError(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0])


def english(package):
    """(domain, Message) of all a package says: from its `en` catalogues, or its source when it ships none."""
    folder = package_folder(package)
    catalogues = sorted(folder.rglob("locale/en/LC_MESSAGES/*.po"))
    for path in catalogues:
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                yield path.stem, Message(entry.msgctxt, entry.msgid, entry.msgid_plural or None)
    if not catalogues:
        for domain, messages in from_tree(folder).items():
            for message in messages:
                yield domain, message


def shipped(package, domain):
    """What a package itself has in zh_Hans, as `_translations`, read from the compiled files: they run."""
    found = {}
    for path in package_folder(package).rglob(f"locale/zh_Hans/LC_MESSAGES/{domain}.mo"):
        found.update(_translations(polib.mofile(str(path))))
    return found


def untranslated(package):
    """Gaps of one package as it ships, before our catalogue fills them."""
    done = {domain: shipped(package, domain) for domain in DOMAINS}
    gaps = {Gap(package, domain, message) for domain, message in english(package) if message.text}
    return sorted((gap for gap in gaps if _lacks(done[gap.domain], gap.message)), key=str)


def wagtail_gaps(root=ROOT):
    """Messages of Wagtail and the other shown packages that even our catalogue leaves in English."""
    ours = {domain: _translations(open_catalogue(root / SUPPLIED / f"{domain}.po")) for domain in DOMAINS}
    gaps = (gap for package in SHOWN for gap in untranslated(package))
    return [gap for gap in gaps if _lacks(ours[gap.domain], gap.message)]


def own_gaps(root=ROOT):
    """Messages in our own source without a translation in `locale/zh_Hans`."""
    gaps = []
    for domain, messages in from_tree(root).items():
        ours = _translations(open_catalogue(root / OWN / f"{domain}.po"))
        gaps += [Gap(places[0], domain, found) for found, places in messages.items() if _lacks(ours, found)]
    return gaps


def renamed_words(root=ROOT):
    """[(English, our Chinese, the packages' Chinese)]: messages of ours that change a word of Wagtail's.

    A message without context is one message for the whole site. Give ours a context (pgettext) unless the
    new word is wanted everywhere.
    """
    found = []
    for domain in DOMAINS:
        theirs = _translations(open_catalogue(root / SUPPLIED / f"{domain}.po"))
        for package in reversed(SHOWN):
            theirs.update(shipped(package, domain))
        for key, entry in _translations(open_catalogue(root / OWN / f"{domain}.po")).items():
            other = theirs.get(key)
            if other is not None and _text(other) != _text(entry):
                found.append((entry.msgid, _text(entry), _text(other)))
    return found


def _text(entry):
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def collect(root=ROOT, drop_obsolete=False):
    """Brings `locale/zh_Hans` in line with the source: {domain: Collected}.

    New messages come in untranslated; messages no longer said anywhere are marked obsolete (their Chinese
    comes back when they do), or dropped on request. Entries are sorted, so that a change reads well.
    """
    report = {}
    for domain, messages in from_tree(root).items():
        path = root / OWN / f"{domain}.po"
        catalogue = open_catalogue(path)
        report[domain] = _update(catalogue, messages)
        if drop_obsolete:
            catalogue[:] = [entry for entry in catalogue if not entry.obsolete]
        catalogue.sort(key=lambda entry: (entry.obsolete, entry.msgid, entry.msgctxt or ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
    return report


def _update(catalogue, messages):
    existing = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    report = Collected([], [])
    # The form with a count last: one entry serves both, and it needs the plural.
    for message in sorted(messages, key=lambda found: (found.text, found.plural or "")):
        entry = existing.get(message.key)
        if entry is None:
            entry = polib.POEntry(msgid=message.text, msgctxt=message.context)
            catalogue.append(entry)
            existing[message.key] = entry
            report.added.append(message.text)
        entry.obsolete = False
        if message.plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr_plural, entry.msgstr = message.plural, {0: entry.msgstr}, ""
    _set_places(existing, messages)
    spoken = {message.key for message in messages}
    for key, entry in existing.items():
        if key not in spoken and not entry.obsolete:
            entry.obsolete = True
            report.obsolete.append(entry.msgid)
    return report


def _set_places(existing, messages):
    places = {}
    for message, paths in messages.items():
        places.setdefault(message.key, set()).update(paths)
    for key, paths in places.items():
        # Files without line numbers: the catalogue changes only when messages do.
        existing[key].occurrences = [(path, "") for path in sorted(paths)]
