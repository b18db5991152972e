"""What a reader may read, from the releases in force. Nothing here looks at a page or a draft."""

from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.http import Http404

from backoffice.jobs import clock
from backoffice.organisation.authority import allows
from backoffice.organisation.roles import Role
from backoffice.registers.scope import viewer_of
from content.handbook.models import Book, Chapter, Section
from content.scripts.models import Script
from content.training.models import Course
from workflows.releases.models import Release

# What a list needs of a release; the text itself is fetched for the one that is read.
LIGHT = [
    *("pk", "public_id", "content_type_id", "object_id", "number", "title", "label", "sort", "parent", "audience"),
    *("summary", "significance", "effective_from", "published_at", "withdrawn_at", "withdrawn_on"),
]
HANDBOOK_EDITORS = ("c", "e", "a")
# The row of the permission matrix that says who looks at a kind at all. Books and chapters are mere headings.
SYSTEMS = {"section": "handbook", "script": "talk-scripts", "course": "courses"}


class Reader:
    """A user as the library sees them: their roles today, and whether audiences bind them."""

    def __init__(self, user):
        self.user = user
        viewer = viewer_of(user)
        self.day = getattr(viewer, "day", None) or clock.today()
        self.roles = {seat.role for seat in viewer.seats if seat.role}
        self._viewer = viewer

    @cached_property
    def reads_everything(self):
        """Editors and approvers read what they answer for, reviewers everything, whoever it is meant for."""
        return Role.AUD in self.roles or any(
            allows(self.user, "handbook", verb, self._viewer) for verb in HANDBOOK_EDITORS
        )

    @cached_property
    def writes(self):
        """Whether the back office has something to write for this person."""
        return self.user.has_perm("wagtailadmin.access_admin")

    @cached_property
    def reads_scripts(self):
        return self.sees("talk-scripts")

    def sees(self, system):
        """Whether the permission matrix gives this person any view of `system`."""
        return allows(self.user, system, "view", self._viewer)

    def may_read(self, release):
        """Named in the audience; or the matrix gives a view, and there is no audience or it does not bind."""
        system = SYSTEMS.get(release.kind)
        if system is None or self.roles & set(release.audience):
            return True
        return self.sees(system) and (not release.audience or self.reads_everything)

    def must_take(self, course):
        """Whether a course release is compulsory for a position this person holds."""
        positions = set(course.content["positions"])
        return not positions or bool(positions & self.roles)


def types(*models):
    return [ContentType.objects.get_for_model(model).pk for model in models]


def current(reader, *models):
    """The releases of these kinds that are in force for this reader today, without their text, in order."""
    found = Release.objects.filter(content_type__in=types(*models)).in_force(reader.day).only(*LIGHT)
    return [release for release in found.order_by("sort", "label") if reader.may_read(release)]


@dataclass
class Part:
    """A book or chapter with what stands in it."""

    release: Release
    parts: list = field(default_factory=list)


class Contents:
    """The table of contents a reader sees today: books of chapters of sections, in one query."""

    def __init__(self, reader):
        self.reader = reader
        releases = current(reader, Book, Chapter, Section)
        by_type = {pk: [r for r in releases if r.content_type_id == pk] for pk in types(Book, Chapter, Section)}
        books, chapters, sections = by_type.values()
        self.books = [Part(book) for book in books]
        self.chapters = {chapter.object_id: Part(chapter) for chapter in chapters}
        for part in self.chapters.values():
            for book in self.books:
                if book.release.object_id == part.release.parent:
                    book.parts.append(part)
        for section in sections:
            if section.parent in self.chapters:
                self.chapters[section.parent].parts.append(section)

    def book(self, slug):
        for book in self.books:
            if book.release.label == slug:
                return book
        raise Http404

    def section(self, slug, label):
        """(book, chapter, section, previous, next); Http404 when the reader has no such section."""
        book = self.book(slug)
        row = [(chapter, section) for chapter in book.parts for section in chapter.parts]
        for place, (chapter, section) in enumerate(row):
            if section.label == label:
                before = row[place - 1][1] if place else None
                after = row[place + 1][1] if place + 1 < len(row) else None
                return book, chapter, section, before, after
        raise Http404


def one(reader, model, label):
    """The release in force with this label, with its text; Http404 when there is none for this reader."""
    found = Release.objects.filter(content_type__in=types(model), label=label).in_force(reader.day)
    for release in found:
        if reader.may_read(release):
            return release
    raise Http404


def versions(release):
    """Every release of the same object, newest first, without their text."""
    return list(
        Release.objects.filter(content_type_id=release.content_type_id, object_id=release.object_id)
        .order_by("-number")
        .only(*LIGHT)
    )


def standing(release, day, newer=()):
    """Where a release stands on `day`: "current", "future", "replaced" or "withdrawn"."""
    if release.withdrawn_on and release.withdrawn_on <= day:
        return "withdrawn"
    if release.effective_from > day:
        return "future"
    later = any(
        other.number > release.number
        and other.effective_from <= day
        and not (other.withdrawn_on and other.withdrawn_on <= day)
        for other in newer
    )
    return "replaced" if later else "current"


def newest(reader, limit):
    """The last things published, newest first, that this reader may read: one line for each object.

    A handbook text is announced as soon as it is published, scripts and courses once they are in force.
    """
    early = Q(content_type__in=types(Section)) | Q(effective_from__lte=reader.day)
    recent = Release.objects.filter(early, content_type__in=types(Section, Script, Course), withdrawn_at=None)
    seen, found = set(), []
    for release in recent.only(*LIGHT).annotate(book=F("content__book"))[: limit * 4]:
        key = (release.content_type_id, release.object_id)
        if key not in seen and reader.may_read(release):
            found.append(release)
        seen.add(key)
    return found[:limit]
