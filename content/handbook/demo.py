"""The demo handbook: `demo/book.toml` and `demo/chapter-*.toml`, brought in through the approval path."""

from pathlib import Path

from django.db import transaction

from content.loading import is_current, months_after, read, release_through_approval, rich
from content.streams import permanent_id

from .models import Book, Chapter, ContentRoot, Section

FOLDER = Path(__file__).parent / "demo"


@transaction.atomic
def load(editor, approver, folder=FOLDER):
    """Load every chapter file; a text that is released already with the same words is left alone.

    `editor` and `approver` are users the permission matrix allows to write and to decide the handbook. Every
    section is released on its effective day. Returns the releases made.
    """
    made = []
    files = [read(path) for path in sorted(folder.glob("chapter-*.toml"))]
    files.sort(key=lambda one: one["number"])
    first = min(section["effective"] for one in files for section in one["section"])
    people = {"editor": editor, "approver": approver}
    book = _book(read(folder / "book.toml"), editor, first, people, made)
    for one in files:
        start = min(section["effective"] for section in one["section"])
        chapter = _put(
            book,
            Chapter,
            one["slug"],
            editor,
            title=one["title"],
            number=one["number"],
            intro=one.get("intro", ""),
            owner_role=one["owner"],
            change_summary="首次发布",
            effective_from=start,
        )
        _release(chapter, start, people, made)
        for number, section in enumerate(one["section"], start=1):
            _section(chapter, number, section, editor, people, made)
    return made


def _book(one, editor, day, people, made):
    book = _put(
        ContentRoot.objects.get(),
        Book,
        one["slug"],
        editor,
        title=one["title"],
        intro=one["intro"].strip(),
        owner_role=one["owner"],
        change_summary="首次发布",
        effective_from=day,
    )
    _release(book, day, people, made)
    return book


def _section(chapter, number, one, editor, people, made):
    day = one["effective"]
    section = _put(
        chapter,
        Section,
        one["slug"],
        editor,
        title=one["title"],
        number=number,
        owner_role=one["owner"],
        audience=one.get("audience", []),
        review_due=months_after(day, one["review_months"]),
        change_summary=one["summary"],
        effective_from=day,
        body=[_clause(f"{chapter.slug}/{one['slug']}", clause) for clause in one["clause"]],
    )
    _release(section, day, people, made)


def _put(parent, model, slug, editor, **values):
    """The page of this slug under `parent` with these values, stored as a draft when it is new."""
    page = model.objects.child_of(parent).filter(slug=slug).first()
    if page is None:
        page = model(slug=slug, owner=editor, live=False, **values)
        parent.add_child(instance=page)
        return page
    for name, value in values.items():
        setattr(page, name, value)
    return page


def _release(page, day, people, made):
    if is_current(page):
        return
    made.append(release_through_approval(page, people["editor"], people["approver"], on=day))
    page.refresh_from_db()


def _clause(place, one):
    value = {"heading": one.get("heading", "")}
    if one["kind"] == "text":
        value["text"] = rich(one["text"])
    elif one["kind"] == "table":
        head, *rows = one["rows"]
        value["table"] = {
            "columns": [{"type": "cell", "heading": cell} for cell in head],
            "rows": [{"values": row} for row in rows],
            "caption": "",
        }
    elif one["kind"] == "callout":
        value |= {"text": one["text"].strip(), "tone": one.get("tone", "note")}
    else:
        value["items"] = one["items"]
    return {"type": one["kind"], "value": value, "id": permanent_id("handbook", place, one["id"])}
