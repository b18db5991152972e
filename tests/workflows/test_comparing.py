"""What changed between two versions: who sees it, and in which words."""

import json
from datetime import date

import pytest
from django.urls import reverse

from content.handbook.models import Section
from content.scripts.models import Script
from content.training.models import Course
from tests.content.factories import clauses, released_course, released_script, released_section
from tests.organisation.factories import again


def submitted(people, made, **values):
    """A changed draft of a released text that waits for its decision; the address of its comparison."""
    draft = type(made).objects.get(pk=made.pk)
    for name, value in ({"change_summary": "reworded"} | values).items():
        setattr(draft, name, value)
    draft.save_revision(user=people.editor)
    draft.get_workflow().start(draft, people.editor)
    return address_of(draft)


def address_of(draft):
    name = "scripts:revisions_compare" if isinstance(draft, Script) else "wagtailadmin_pages:revisions_compare"
    return reverse(name, args=[draft.pk, "live", draft.latest_revision_id])


@pytest.mark.parametrize("make", [released_section, released_script])
def test_who_decides_opens_the_comparison_from_the_dashboard(client, people, make):
    address = submitted(people, make(people))
    client.force_login(again(people.manager))
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(address).status_code == 200
    client.force_login(again(people.editor))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("make", [released_section, released_script])
def test_nobody_else_compares(client, people, make):
    address = submitted(people, make(people))
    for stranger in (people.consultant, people.receptionist):
        client.force_login(again(stranger))
        assert client.get(address).status_code == 404


def test_a_comparison_shows_what_reads_differently_and_nothing_else(client, people):
    section = released_section(people, "三个工作日内答复。")
    address = submitted(people, section, audience=["PC", "RC"], effective_from=date(2031, 5, 6))
    client.force_login(again(people.manager))
    comparison = client.get(address).context["comparison"]
    labels, words = [str(one.field_label()) for one in comparison], [str(one.htmldiff()) for one in comparison]
    assert labels == ["阅读对象", "修订内容与原因", "生效日期"]
    assert words == [
        '<span class="deletion">—</span> <span class="addition">置业顾问、前台接待员</span>',
        '<span class="deletion">first version</span><span class="addition">reworded</span>',
        '<span class="deletion">—</span> <span class="addition">2031年5月6日</span>',
    ]


def test_the_words_of_a_clause_stored_anew_are_no_change(client, people):
    section = released_section(people, "三个工作日内答复。")
    draft = Section.objects.get(pk=section.pk)
    body = draft.body.raw_data[0] | {
        "value": {"heading": "", "text": '<p data-block-key="x1y2z">三个工作日内答复。</p>'}
    }
    draft.body = json.dumps([body])
    draft.save_revision(user=people.editor)
    client.force_login(again(people.editor))
    assert client.get(address_of(draft)).context["comparison"] == []
    draft.body = clauses("两个工作日内答复。")
    draft.save_revision(user=people.editor)
    assert "两个工作日" in client.get(address_of(draft)).content.decode()


def test_a_length_left_empty_is_shown_as_such(client, people):
    course = released_course(people)
    draft = Course.objects.get(pk=course.pk)
    body = list(draft.body.raw_data)
    body[1] = body[1] | {"value": body[1]["value"] | {"minutes": None}}
    draft.body, draft.validity_months = json.dumps(body), 12
    draft.save_revision(user=people.editor)
    client.force_login(again(people.trainer))
    words = "".join(str(one.htmldiff()) for one in client.get(address_of(draft)).context["comparison"])
    assert '<span class="deletion">—</span> <span class="addition">12</span>' in words
    assert '<span class="deletion">5</span>' in words
    assert "None" not in words
