"""The demo courses: `demo/courses*.toml`, brought in through the approval path."""

from pathlib import Path

from django.db import transaction

from backoffice.jobs import clock
from content.loading import is_current, read, release_through_approval, rich, spread
from content.streams import permanent_id

from .models import Catalogue, Course

FOLDER = Path(__file__).parent / "demo"


@transaction.atomic
def load(editor, approver, folder=FOLDER, until=None):
    """Load every course; what is released already with the same words is left alone. Returns the releases made.

    `editor` and `approver` are users the permission matrix allows to write and to decide courses. `until` is the
    last day of the year in which they came out; today when left out.
    """
    made, until = [], until or clock.today()
    shelf = Catalogue.objects.get()
    courses = [one for path in folder.glob("courses*.toml") for one in read(path)["course"]]
    for place, one in enumerate(sorted(courses, key=lambda one: one["code"])):
        course = Course.objects.filter(code=one["code"]).first()
        values = _values(one)
        if course is None:
            course = Course(code=one["code"], slug=one["code"].lower(), owner=editor, live=False, **values)
            shelf.add_child(instance=course)
        else:
            for name, value in values.items():
                setattr(course, name, value)
        if not is_current(course):
            day = spread(until, place, len(courses))
            made.append(release_through_approval(course, editor, approver, on=day))
    return made


def _values(one):
    return {
        "title": one["title"],
        "goal": one["goal"].strip(),
        "positions": one.get("positions", []),
        "validity_months": one.get("validity_months") or None,
        "depends_on": ", ".join(one.get("depends_on", [])),
        "owner_role": one.get("owner", "TRN"),
        "change_summary": one.get("summary", "首次发布"),
        "body": list(_blocks(one)),
    }


def _blocks(one):
    for module in one["module"]:
        heading = {"title": module["title"], "minutes": module.get("minutes")}
        yield {"type": "module", "value": heading, "id": permanent_id("module", one["code"], module["title"])}
        for lesson in module["lesson"]:
            value = {
                "title": lesson["title"],
                "minutes": lesson.get("minutes"),
                "body": rich(lesson["body"]),
                "takeaways": lesson.get("key_takeaways", []),
            }
            place = (one["code"], module["title"], lesson["title"])
            yield {"type": "lesson", "value": value, "id": permanent_id("lesson", *place)}
