"""The demo texts come in through the approval path, once, and the same every time."""

from backoffice.jobs import clock
from content.handbook import demo as handbook
from content.handbook.models import Section
from content.scripts import demo as scripts
from content.training import demo as courses
from workflows.approvals.models import Case, Decision
from workflows.releases.models import Release
from workflows.releases.operations import fingerprint


def test_the_demo_texts_are_loaded_once_released_by_two_people_over_a_year_and_written_out(people):
    """One test, because loading them is dear."""
    sections = handbook.load(people.editor, people.manager)
    snippets = scripts.load(people.editor, people.manager)
    lessons = courses.load(people.trainer, people.manager)

    released_by_two_people(people, sections + snippets + lessons)
    came_out_over_a_year_and_some_were_revised(sections + lessons)
    courses_are_written_out(lessons)
    assert handbook.load(people.editor, people.manager) == []
    assert scripts.load(people.editor, people.manager) == []
    assert courses.load(people.trainer, people.manager) == []


def released_by_two_people(people, made):
    assert len(made) == Release.objects.count() == Case.objects.count() == Decision.objects.count() > 60
    assert {release.decided_by_id for release in made} == {people.manager.pk}
    assert all(fingerprint(release) == release.content_hash for release in Release.objects.all())
    section = Release.objects.get(label="1.2")
    assert section.title == "手册怎样更新"
    assert [clause["number"] for clause in section.content["clauses"]][:2] == ["1.2.1", "1.2.2"]


def courses_are_written_out(made):
    labels = [release.label for release in made]
    assert labels == sorted(set(labels))
    for release in made:
        assert release.content["goal"]
        for module in release.content["modules"]:
            assert module["lessons"], module["title"]
            for lesson in module["lessons"]:
                assert lesson["minutes"] and lesson["takeaways"]
                assert len(lesson["text"]) > 150, lesson["title"]


def came_out_over_a_year_and_some_were_revised(made):
    today = clock.today()
    ages = [(today - release.effective_from).days for release in made]
    assert min(ages) > 0 and 350 <= max(ages) <= 366
    assert len({release.effective_from.strftime("%Y-%m") for release in made}) >= 12
    revised = [release for release in made if release.number == 2]
    assert 4 <= len(revised) <= 12
    for release in revised:
        first = Release.objects.get(number=1, object_id=release.object_id, content_type=release.content_type)
        assert (
            first.effective_from < release.effective_from and first.content["clauses"] != release.content["clauses"]
        )
    due = [section.review_due for section in Section.objects.all()]
    assert min(due) < today < max(due)
    assert sum(day < today for day in due) < len(due) / 4
