"""The pages of the portal. Denied and absent look the same: 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from content.handbook.models import Book
from content.scripts.models import Script, Stage
from content.training.models import Course
from content.training.progress import done_in, mark_done
from workflows.releases.models import Release

from . import library
from .library import Contents, Reader
from .search import KINDS, find, words_of


def page(request, template, **context):
    context.setdefault("reader", None)
    return render(request, f"portal/{template}.html", context)


@require_safe
def home(request):
    reader = Reader(request.user)
    courses = my_courses(reader)
    books = library.current(reader, Book)
    return page(
        request,
        "home",
        reader=reader,
        books=books,
        courses=[one for one in courses if one["mine"]],
        newest=library.newest(reader, 8),
        here="home",
    )


@require_safe
def search(request):
    reader = Reader(request.user)
    query = request.GET.get("q", "")
    kind = request.GET.get("kind") if request.GET.get("kind") in KINDS else None
    hits, total = find(query, kind, reader)
    return page(
        request, "search", reader=reader, query=query, kind=kind, kinds=KINDS, hits=hits, total=total, here="search"
    )


@require_safe
def books(request):
    reader = Reader(request.user)
    found = library.current(reader, Book)
    if len(found) == 1:
        return redirect("portal:handbook", book=found[0].label)
    return page(request, "books", reader=reader, books=found, here="handbook")


@require_safe
def handbook(request, book):
    reader = Reader(request.user)
    part = Contents(reader).book(book)
    text = library.one(reader, Book, book)
    return page(request, "handbook", reader=reader, book=part, text=text.content["intro"], here="handbook")


@require_safe
def section(request, book, label):
    reader = Reader(request.user)
    contents = Contents(reader)
    part, chapter, light, before, after = contents.section(book, label)
    release = Release.objects.get(pk=light.pk)
    versions = library.versions(release)
    coming = [v for v in versions if library.standing(v, reader.day, versions) == "future"]
    return page(
        request,
        "section",
        reader=reader,
        book=part,
        chapter=chapter,
        release=release,
        content=release.content,
        versions=[(v, library.standing(v, reader.day, versions)) for v in versions],
        coming=coming,
        before=before,
        after=after,
        here="handbook",
    )


@require_safe
def version(request, public_id):
    """One release of a section, whatever its standing: older texts stay readable, future ones are announced."""
    reader = Reader(request.user)
    release = get_object_or_404(Release, public_id=public_id)
    if release.kind != "section" or not reader.may_read(release):
        raise Http404
    versions = library.versions(release)
    return page(
        request,
        "version",
        reader=reader,
        release=release,
        content=release.content,
        standing=library.standing(release, reader.day, versions),
        current=next((v for v in versions if library.standing(v, reader.day, versions) == "current"), None),
        versions=[(v, library.standing(v, reader.day, versions)) for v in versions],
        here="handbook",
    )


@require_safe
def scripts(request):
    """All scripts, whole, so that the page filters while one types; `?q=` filters on the server all the same."""
    reader = Reader(request.user)
    if not reader.reads_scripts:
        raise Http404
    query = request.GET.get("q", "")
    stage = request.GET.get("stage") if request.GET.get("stage") in Stage.values else ""
    found = Release.objects.filter(content_type__in=library.types(Script)).in_force(reader.day)
    found = found.select_related("words").order_by("sort", "label")
    words = words_of(query)
    rows = [
        {
            "release": release,
            "expired": (release.content["valid_until"] or "") < reader.day.isoformat(),
            "shown": (not stage or release.parent == stage) and all(word in release.words.folded for word in words),
        }
        for release in found
        if reader.may_read(release)
    ]
    stages = [
        {"value": value, "label": label, "rows": [row for row in rows if row["release"].parent == value]}
        for value, label in Stage.choices
    ]
    return page(
        request,
        "scripts",
        reader=reader,
        stages=[one for one in stages if one["rows"]],
        query=query,
        stage=stage,
        shown=sum(row["shown"] for row in rows),
        here="scripts",
    )


@require_safe
def script(request, code):
    reader = Reader(request.user)
    release = library.one(reader, Script, code)
    expired = (release.content["valid_until"] or "") < reader.day.isoformat()
    stage = Stage(release.content["stage"]).label
    return page(
        request,
        "script",
        reader=reader,
        release=release,
        content=release.content,
        expired=expired,
        stage=stage,
        here="scripts",
    )


def my_courses(reader):
    """Every course in force with how far this reader is: [{"release", "mine", "done", "total", "percent"}]."""
    found = Release.objects.filter(content_type__in=library.types(Course)).in_force(reader.day).order_by("sort")
    done = done_in(reader.user)
    rows = []
    for release in filter(reader.may_read, found):
        lessons = [lesson["id"] for module in release.content["modules"] for lesson in module["lessons"]]
        read = len(set(lessons) & done)
        rows.append(
            {
                "release": release,
                "mine": reader.must_take(release),
                "done": read,
                "total": len(lessons),
                "percent": read * 100 // len(lessons) if lessons else 0,
                "minutes": sum(module["minutes"] or 0 for module in release.content["modules"]),
            }
        )
    return rows


@require_safe
def courses(request):
    reader = Reader(request.user)
    rows = my_courses(reader)
    return page(
        request,
        "courses",
        reader=reader,
        mine=[row for row in rows if row["mine"]],
        others=[row for row in rows if not row["mine"]],
        here="courses",
    )


@require_safe
def course(request, code):
    reader = Reader(request.user)
    release = library.one(reader, Course, code)
    lessons = [lesson["id"] for module in release.content["modules"] for lesson in module["lessons"]]
    done = done_in(request.user, release.object_id)
    return page(
        request,
        "course",
        reader=reader,
        release=release,
        content=release.content,
        done=done,
        read=len(done & set(lessons)),
        total=len(lessons),
        next=next((lesson for lesson in lessons if lesson not in done), None),
        here="courses",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request, code, lesson):
    """Read a lesson; a POST remembers that it was read and goes on to the next one."""
    reader = Reader(request.user)
    release = library.one(reader, Course, code)
    row = [(module, one) for module in release.content["modules"] for one in module["lessons"]]
    place = next((i for i, (_module, one) in enumerate(row) if one["id"] == str(lesson)), None)
    if place is None:
        raise Http404
    after = row[place + 1][1] if place + 1 < len(row) else None
    if request.method == "POST":
        mark_done(request.user, release, str(lesson))
        if after:
            return redirect("portal:lesson", code=code, lesson=after["id"])
        return redirect("portal:course", code=code)
    module, content = row[place]
    return page(
        request,
        "lesson",
        reader=reader,
        release=release,
        module=module,
        content=content,
        place=place + 1,
        total=len(row),
        before=row[place - 1][1] if place else None,
        after=after,
        is_done=str(lesson) in done_in(request.user, release.object_id),
        here="courses",
    )
