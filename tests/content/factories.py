"""Handbook pages, scripts and courses for tests, released through the approval path."""

import json
from datetime import date
from itertools import count

from content.handbook.models import Book, Chapter, ContentRoot, Section
from content.loading import release_through_approval
from content.scripts.models import Script
from content.streams import permanent_id
from content.training.models import Catalogue, Course
from tests.organisation.factories import person

_numbers = count(1)


class People:
    """Who takes part, made once per test database: an editor, a trainer, a manager who decides, a consultant."""

    def __init__(self):
        self.editor, self.trainer = person("EDT"), person("TRN")
        self.manager, self.director = person("SM"), person("DIR")
        self.consultant, self.receptionist = person("PC"), person("RC")


def clauses(*texts):
    """A section body of text clauses, as stored."""
    return json.dumps(
        [
            {
                "type": "text",
                "value": {"heading": "", "text": f"<p>{text}</p>"},
                "id": permanent_id("test", str(next(_numbers))),
            }
            for text in texts
        ]
    )


def draft_section(people, *texts, chapter=None, **values):
    """A section that nobody released, below a released chapter; its first version is the editor's."""
    chapter = chapter or shelf(people)
    number = next(_numbers)
    section = Section(
        **{
            "title": f"Section {number}",
            "slug": f"section-{number}",
            "owner": people.editor,
            "owner_role": "SM",
            "review_due": date(2030, 1, 1),
            "change_summary": "first version",
            "live": False,
            "body": clauses(*(texts or ["客户首次来访，由前台登记。"])),
        }
        | values
    )
    chapter.add_child(instance=section)
    section.save_revision(user=people.editor)
    return Section.objects.get(pk=section.pk)


def shelf(people):
    """A released chapter of a released book, made when first asked for."""
    chapter = Chapter.objects.first()
    if chapter:
        return chapter
    book = Book(title="案场管理手册", slug="handbook", owner_role="GM", change_summary="first", live=False)
    ContentRoot.objects.get().add_child(instance=book)
    publish(book, people)
    chapter = Chapter(title="接待", slug="reception", owner_role="SM", change_summary="first", live=False)
    Book.objects.get().add_child(instance=chapter)
    publish(chapter, people)
    return Chapter.objects.get()


def released_section(people, *texts, on=None, **values):
    section = draft_section(people, *texts, **values)
    publish(section, people, on=on)
    return Section.objects.get(pk=section.pk)


def publish(draft, people, on=None):
    """Submit by the editor, approve by the manager; returns the release."""
    return release_through_approval(draft, people.editor, people.manager, on=on)


def change(section, people, *texts, on=None, **values):
    """A further release of a section with new texts."""
    section = Section.objects.get(pk=section.pk)
    for name, value in ({"body": clauses(*texts), "change_summary": "new words"} | values).items():
        setattr(section, name, value)
    return publish(section, people, on=on)


def draft_script(people, **values):
    number = next(_numbers)
    script = Script(
        **{
            "code": f"PH-{number:02}",
            "stage": "phone",
            "question": "你们项目在哪里？",
            "key_point": "报路名和一个地标。",
            "sub_points": "岚桥路88号\n有停车引导",
            "valid_until": date(2030, 1, 1),
            "owner_role": "SM",
            "change_summary": "first version",
            "live": False,
        }
        | values
    )
    script.save()
    script.save_revision(user=people.editor)
    return Script.objects.get(pk=script.pk)


def released_script(people, **values):
    script = draft_script(people, **values)
    publish(script, people)
    return Script.objects.get(pk=script.pk)


def released_course(people, code="C-01", lessons=("公司与项目", "手册怎么读"), **values):
    body = [{"type": "module", "value": {"title": "第一单元", "minutes": 20}, "id": permanent_id(code, "module")}]
    for title in lessons:
        value = {"title": title, "minutes": 5, "body": f"<p>{title}的正文。</p>", "takeaways": ["记住这一点"]}
        body.append({"type": "lesson", "value": value, "id": permanent_id(code, title)})
    course = Course(
        **{
            "title": "新员工入职",
            "slug": code.lower(),
            "code": code,
            "goal": "学完能上岗",
            "owner_role": "TRN",
            "positions": ["PC"],
            "change_summary": "first",
            "live": False,
            "body": json.dumps(body),
        }
        | values
    )
    Catalogue.objects.get().add_child(instance=course)
    release_through_approval(course, people.trainer, people.manager)
    return Course.objects.get(pk=course.pk)
