"""The portal shows each reader what is in force for them today, and nothing else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice.jobs import clock
from content.handbook.models import Section
from tests.content.factories import change, draft_section, publish, released_course, released_script, released_section
from tests.organisation.factories import again, person
from workflows.releases.models import Release


@pytest.fixture
def as_(client):
    def login(user):
        client.force_login(again(user))
        return client

    return login


def section_url(section):
    release = Release.objects.of(section).order_by("number").first()
    return reverse("portal:section", kwargs={"book": "handbook", "label": release.label})


def test_nothing_is_read_without_a_login(client, people):
    section, script, course = released_section(people), released_script(people), released_course(people)
    lesson = Release.objects.of(course).get().content["modules"][0]["lessons"][0]["id"]
    version = Release.objects.of(section).get()
    for url in (
        reverse("portal:home"),
        reverse("portal:search") + "?q=客户",
        reverse("portal:books"),
        reverse("portal:handbook", kwargs={"book": "handbook"}),
        section_url(section),
        reverse("portal:version", kwargs={"public_id": version.public_id}),
        reverse("portal:scripts"),
        reverse("portal:script", kwargs={"code": script.code}),
        reverse("portal:courses"),
        reverse("portal:course", kwargs={"code": "C-01"}),
        reverse("portal:lesson", kwargs={"code": "C-01", "lesson": lesson}),
        section.get_url(),
        "/pages/",
    ):
        response = client.get(url)
        assert response.status_code == 302, url
        assert response["Location"].startswith(reverse("wagtailadmin_login")), url


def test_a_reader_sees_the_text_in_force_and_reads_older_and_coming_ones(as_, people):
    section = released_section(people, "铃响两声内接听。")
    tomorrow = clock.today() + timedelta(days=1)
    change(section, people, "铃响三声内接听。", effective_from=tomorrow)
    client = as_(people.consultant)
    page = client.get(section_url(section)).content.decode()
    assert "铃响两声内接听" in page
    assert "铃响三声内接听" not in page
    first, second = Release.objects.of(section).order_by("number")
    coming = client.get(reverse("portal:version", kwargs={"public_id": second.public_id})).content.decode()
    assert "铃响三声内接听" in coming
    with clock.shift(timedelta(days=1)):
        client = as_(people.consultant)
        assert "铃响三声内接听" in client.get(section_url(section)).content.decode()
        old = client.get(reverse("portal:version", kwargs={"public_id": first.public_id})).content.decode()
        assert "铃响两声内接听" in old
        assert "note--warning" in old


def test_a_draft_never_reaches_a_reader(as_, people):
    released_section(people, "已经发布的内容。")
    draft = draft_section(people, "还没有发布的内容。")
    client = as_(people.consultant)
    assert "还没有发布" not in client.get(reverse("portal:handbook", kwargs={"book": "handbook"})).content.decode()
    assert draft.title not in client.get(reverse("portal:home")).content.decode()
    assert client.get(reverse("portal:section", kwargs={"book": "handbook", "label": "1.2"})).status_code == 404
    assert 'class="hits"' not in client.get(reverse("portal:search"), {"q": "还没有发布"}).content.decode()


def test_a_live_page_that_was_edited_is_read_from_its_release(as_, people):
    section = released_section(people, "发布时的说法。")
    section.title = "改过的标题"
    section.save_revision(user=people.editor)
    Section.objects.filter(pk=section.pk).update(title="偷偷改的标题")
    page = as_(people.consultant).get(section_url(section)).content.decode()
    assert "改的标题" not in page
    assert "改过的标题" not in page


def test_a_section_is_read_by_its_audience_its_editors_and_its_approvers(as_, people):
    section = released_section(people, "前台专用口令。", audience=["RC"])
    version = Release.objects.of(section).get()
    urls = [section_url(section), reverse("portal:version", kwargs={"public_id": version.public_id})]
    contents, search = reverse("portal:handbook", kwargs={"book": "handbook"}), reverse("portal:search")
    for user, reads in (
        (people.receptionist, True),
        (people.editor, True),
        (people.manager, True),
        (people.consultant, False),
        (people.trainer, False),
    ):
        client = as_(user)
        assert [client.get(url).status_code for url in urls] == ([200, 200] if reads else [404, 404]), user
        assert (section.title in client.get(contents).content.decode()) is reads
        assert ("专用口令</mark>" in client.get(search, {"q": "专用口令"}).content.decode()) is reads
        assert (section.title in client.get(reverse("portal:home")).content.decode()) is reads


def test_positions_without_a_view_find_nothing(as_, people):
    """The permission matrix gives the storekeeper no scripts, and a channel agent nothing at all."""
    section = released_section(people, "仅供员工。")
    released_script(people, code="PH-01", question="仅供员工？")
    released_course(people, lessons=("仅供员工",), positions=[])
    scripts = [reverse("portal:scripts"), reverse("portal:script", kwargs={"code": "PH-01"})]
    client = as_(person("STK"))
    assert [client.get(url).status_code for url in scripts] == [404, 404]
    assert client.get(section_url(section)).status_code == 200
    client = as_(person("CHN"))
    course = reverse("portal:course", kwargs={"code": "C-01"})
    assert {client.get(url).status_code for url in [*scripts, section_url(section), course]} == {404}
    for url in (reverse("portal:home"), reverse("portal:search") + "?q=仅供", reverse("portal:courses")):
        page = client.get(url)
        assert page.status_code == 200
        assert "仅供员工" not in page.content.decode()


def test_page_addresses_lead_to_the_portal(as_, people):
    section = released_section(people)
    client = as_(people.consultant)
    assert section.get_url() == section_url(section)
    response = client.get("/pages/handbook/reception/" + section.slug + "/")
    assert response.status_code == 302
    assert response["Location"] == section_url(section)
    draft = draft_section(people)
    assert draft.get_url() is None
    assert client.get("/pages/handbook/reception/" + draft.slug + "/").status_code == 404


def test_scripts_stand_whole_on_one_page_and_filter_on_the_server_too(as_, people):
    released_script(people, code="PH-01", question="有什么优惠？", answer="以公布的优惠为准。")
    released_script(people, code="MO-01", stage="model", question="离地铁多远？")
    client = as_(people.consultant)
    everything = client.get(reverse("portal:scripts")).content.decode()
    assert "以公布的优惠为准" in everything
    found = client.get(reverse("portal:scripts"), {"q": "公布 优惠"}).content.decode()
    assert 'id="MO-01" data-words' in found
    hidden = found.split('id="MO-01"')[1].split(">")[0]
    assert "hidden" in hidden
    assert "hidden" not in found.split('id="PH-01"')[1].split(">")[0]
    assert client.get(reverse("portal:script", kwargs={"code": "PH-01"})).status_code == 200
    assert client.get(reverse("portal:script", kwargs={"code": "PH-99"})).status_code == 404


def test_an_expired_script_says_so(as_, people):
    released_script(people, code="PH-01", valid_until=clock.today() - timedelta(days=1))
    client = as_(people.consultant)
    assert "tag--expired" in client.get(reverse("portal:scripts")).content.decode()
    assert "note--warning" in client.get(reverse("portal:script", kwargs={"code": "PH-01"})).content.decode()


def test_my_courses_follow_the_position_and_remember_what_was_read(as_, people):
    course = released_course(people, positions=["PC"])
    release = Release.objects.of(course).get()
    first, second = release.content["modules"][0]["lessons"]
    url = reverse("portal:lesson", kwargs={"code": "C-01", "lesson": first["id"]})
    client = as_(people.consultant)
    assert "card__code" in client.get(reverse("portal:home")).content.decode()
    assert client.get(url).status_code == 200
    response = client.post(url)
    assert response["Location"].endswith(f"{second['id']}/")
    client.post(url)
    assert "1 / 2" in client.get(reverse("portal:course", kwargs={"code": "C-01"})).content.decode()
    other = as_(people.receptionist)
    assert "card__code" not in other.get(reverse("portal:home")).content.decode()
    assert "0 / 2" in other.get(reverse("portal:course", kwargs={"code": "C-01"})).content.decode()
    missing = reverse("portal:lesson", kwargs={"code": "C-01", "lesson": "00000000-0000-0000-0000-000000000000"})
    assert other.get(missing).status_code == 404


@pytest.mark.parametrize("name", ["home", "handbook", "section", "scripts", "courses", "search"])
def test_the_number_of_queries_does_not_grow_with_the_handbook(as_, people, name):
    for number in range(2):
        section = released_section(people, f"第{number}条：客户来访。")
        released_script(people)
    url = {
        "home": reverse("portal:home"),
        "handbook": reverse("portal:handbook", kwargs={"book": "handbook"}),
        "section": section_url(section),
        "scripts": reverse("portal:scripts"),
        "courses": reverse("portal:courses"),
        "search": reverse("portal:search") + "?q=客户",
    }[name]
    as_(people.consultant).get(url)
    small = _queries(as_(people.consultant), url)
    _multiply(section, 50)
    large = _queries(as_(people.consultant), url)
    assert large == small
    assert large <= 16


def _queries(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def _multiply(section, times):
    """Many more releases like the first, without the long way through the approval."""
    from workflows.releases.models import ReleaseGram, ReleaseText

    model = Release.objects.of(section).get()
    words = model.words.folded
    for number in range(times):
        copy = Release.objects.get(pk=model.pk)
        copy.pk, copy.public_id, copy._state.adding = None, None, True
        copy.public_id = Release._meta.get_field("public_id").get_default()
        copy.object_id, copy.revision_id = f"9{number}", 10_000 + number
        copy.label = f"1.{100 + number}"
        copy.save()
        ReleaseText.objects.create(release=copy, folded=words)
        ReleaseGram.objects.bulk_create(ReleaseGram(release=copy, gram=gram) for gram in {"客户", "客", "户"})


def test_previews_show_the_draft_to_its_editor(as_, people):
    draft = draft_section(people, "草稿里的说法。")
    client = as_(people.editor)
    page = client.get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk]))
    assert "草稿里的说法" in page.content.decode()
    assert as_(people.consultant).get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk])).status_code == 404


def test_publishing_again_without_a_change_of_place_keeps_the_number(people):
    section = released_section(people, "第一条。", "第二条。")
    release = publish(Section.objects.get(pk=section.pk), people)
    assert release.number == 2
    assert [clause["number"] for clause in release.content["clauses"]] == ["1.1.1", "1.1.2"]
