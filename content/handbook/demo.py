"""The demo handbook: `demo/book.toml` and `demo/chapter-*.toml`, brought in through the approval path.

It came out section by section in the course of a year. A few sections were released twice: their last clause was
added later.
"""

from pathlib import Path

from django.db import transaction

from backoffice.jobs import clock
from content.loading import is_current, months_after, read, release_through_approval, rich, spread
from content.streams import permanent_id

from .models import Book, Chapter, ContentRoot, Section

FOLDER = Path(__file__).parent / "demo"
REVISED_EACH = 6  # sections: so often one has a release behind its present one


@transaction.atomic
def load(editor, approver, folder=FOLDER, until=None):
    """Load every chapter file; a text that is released already with the same words is left alone.

    `editor` and `approver` are users the permission matrix allows to write and to decide the handbook. `until` is
    the last day of the year in which it came out; today when left out. Returns the releases made.
    """
    return _Year(editor, approver, until or clock.today()).load(folder)


class _Year:
    """The year while it is written: who writes and decides, the releases made so far."""

    def __init__(self, editor, approver, until):
        self.editor, self.approver, self.until = editor, approver, until
        self.made = []

    def load(self, folder):
        files = sorted((read(path) for path in folder.glob("chapter-*.toml")), key=lambda one: one["number"])
        count, place = sum(len(one["section"]) for one in files), 0
        book = self.page(ContentRoot.objects.get(), Book, read(folder / "book.toml"), spread(self.until, 0, count))
        for one in files:
            chapter = self.page(book, Chapter, one, spread(self.until, place, count), number=one["number"])
            for number, section in enumerate(one["section"], start=1):
                self.section(chapter, number, section, spread(self.until, place, count), place)
                place += 1
        return self.made

    def page(self, parent, model, one, day, **values):
        """A book or chapter."""
        values |= {"title": one["title"], "intro": one.get("intro", "").strip(), "owner_role": one["owner"]}
        page, _new = self.put(parent, model, one["slug"], day, change_summary="首次发布", **values)
        self.release(page, day)
        return page

    def section(self, chapter, number, one, day, place):
        clauses = [_clause(f"{chapter.slug}/{one['slug']}", clause) for clause in one["clause"]]
        values = {
            "title": one["title"],
            "number": number,
            "owner_role": one["owner"],
            "audience": one.get("audience", []),
        }
        values |= {"change_summary": one["summary"], "review_due": months_after(day, one["review_months"])}
        heading = one["clause"][-1].get("heading")
        twice = place % REVISED_EACH == 0 and len(clauses) > 2 and heading
        section, new = self.put(chapter, Section, one["slug"], day, **values, body=clauses[:-1] if twice else clauses)
        if twice and new:
            self.release(section, day)
            day += (self.until - day) // 2
            section.review_due, section.effective_from = months_after(day, one["review_months"]), day
        if twice:
            section.body, section.change_summary = clauses, f"补充“{heading}”"
        self.release(section, day)

    def put(self, parent, model, slug, day, **values):
        """The page of this slug under `parent` with these values, and whether it is new, that is stored as a draft.

        The days of a page that is there already stay as they are.
        """
        page = model.objects.child_of(parent).filter(slug=slug).first()
        if page is None:
            page = model(slug=slug, owner=self.editor, live=False, effective_from=day, **values)
            parent.add_child(instance=page)
            return page, True
        for name, value in values.items():
            if name != "review_due":
                setattr(page, name, value)
        return page, False

    def release(self, page, day):
        if is_current(page):
            return
        self.made.append(release_through_approval(page, self.editor, self.approver, on=day))
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
