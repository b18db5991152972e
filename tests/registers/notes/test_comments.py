"""Comments on a record: who reads them, who is named in them, and what they may not give away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.jobs.models import Outbox
from backoffice.registers.notes import comments
from backoffice.registers.notes import people as naming
from backoffice.registers.notes.models import Comment, Mention
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org
from tests.registers.screens.conftest import SECRET, at


@pytest.fixture
def row(make, people):
    return make(people.li)


def say(client, row, text, **more):
    return client.post(at("comments", row), {"text": text} | more)


def lines(client, row):
    return client.get(at("comments", row)).context["lines"]


SCREENS = ["comments", "people", "edit_comment", "withdraw_comment"]


@pytest.mark.parametrize("screen", SCREENS)
def test_who_does_not_see_the_record_finds_no_comment_of_it(as_, people, row, make, screen):
    say(as_(people.li), row, "请核对")
    comment = Comment.objects.get()
    args = [comment.public_id] if "comment" in screen and screen != "comments" else []
    for stranger in (people.wang, org.person("SM", site=org.site("B"))):
        client = as_(stranger)
        assert client.get(at(screen, row, *args)).status_code in (404, 405)
        assert client.post(at(screen, row, *args), {"text": "x"}).status_code == 404
    if args:
        assert as_(people.mgr).post(at(screen, row, *args), {"text": "x"}).status_code == 404
        assert as_(people.li).post(at(screen, make(people.li), *args), {"text": "x"}).status_code == 404
    assert Comment.objects.get().withdrawn_at is None and comment.wordings.count() == 1


def test_a_comment_is_plain_text_with_safe_links(as_, people, row):
    client = as_(people.mgr)
    say(client, row, '见 https://example.com/a?b=1&c=2。\n<script>alert("x")</script> javascript:alert(1)')
    html = str(lines(client, row)[0]["text"])
    assert '<a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noopener noreferrer"' in html
    assert "<script" not in html and "&lt;script&gt;" in html and 'href="javascript' not in html and "<br>" in html
    assert say(client, row, "  ").status_code == 422
    assert say(client, row, "长" * 2001).status_code == 422


def test_an_edit_is_visible_with_what_stood_there_before(as_, people, row):
    client = as_(people.li)
    say(client, row, "首付三成")
    comment = Comment.objects.get()
    client.post(at("edit_comment", row, comment.public_id), {"text": "首付四成"})
    client.post(at("edit_comment", row, comment.public_id), {"text": "首付四成"})
    (line,) = lines(as_(people.mgr), row)
    assert line["text"] == "首付四成" and [text for _at, text in line["earlier"]] == ["首付三成"]
    assert line["edited_at"] and not line["mine"]
    entry = as_(people.mgr).get(at("timeline", row), {"kind": "comments"}).context["entries"][0]
    assert entry.body == "首付四成" and entry.who == "李思远"


def test_a_withdrawn_comment_leaves_its_place_and_nothing_else(as_, people, row):
    client = as_(people.li)
    say(client, row, "看错了")
    comment = Comment.objects.get()
    assert client.get(at("withdraw_comment", row, comment.public_id)).status_code == 405
    assert client.post(at("withdraw_comment", row, comment.public_id)).status_code == 302
    for screen in ("comments", "timeline"):
        assert "看错了" not in as_(people.mgr).get(at(screen, row)).text
    assert "李思远" in as_(people.mgr).get(at("comments", row)).text
    assert as_(people.li).post(at("edit_comment", row, comment.public_id), {"text": "x"}).status_code == 404


def test_a_number_in_a_comment_is_asked_about_and_masked_for_whom_it_is_not(as_, people, row):
    identity = "11010519491231002X"
    client = as_(people.li)
    text = f"电话 {SECRET}，身份证 {identity}，卡 6222 0211 1234 5678 901"
    page = say(client, row, text)
    assert page.status_code == 422 and page.context["numbers"] and not Comment.objects.exists()
    assert SECRET in page.text
    assert say(client, row, text, numbers_meant="1").status_code == 302
    assert SECRET in lines(client, row)[0]["text"]
    for screen in ("comments", "timeline"):
        shown = as_(people.mgr).get(at(screen, row)).text
        assert SECRET not in shown and identity not in shown and "5678 901" not in shown
        assert "199****7788" in shown
    assert say(client, row, "面积 120.5，总价 3256000，2025-06-12 来访").status_code == 302


def test_the_writer_reads_what_they_typed_and_the_owner_everything(as_, people, row):
    say(as_(people.mgr), row, f"改打 {SECRET}", numbers_meant="1")
    assert SECRET in lines(as_(people.mgr), row)[0]["text"] and SECRET in lines(as_(people.li), row)[0]["text"]
    assert SECRET not in lines(as_(people.bo), row)[0]["text"]


def test_only_people_who_see_the_record_are_offered(as_, people, row):
    org.person("SM", site=org.site("B"), name="李外人")
    client = as_(people.mgr)
    assert client.post(at("people", row), {"q": "李"}).json() == {"people": ["李思远"]}
    assert client.post(at("people", row), {"q": "王晓"}).json() == {"people": []}
    assert set(client.post(at("people", row), {"q": ""}).json()["people"]) >= {"陈立新", "周建国", "赵敏"}
    assert client.get(at("people", row)).status_code == 405


def test_naming_somebody_tells_them_once_and_emits_an_event(as_, people, row):
    client = as_(people.mgr)
    answer = say(client, row, "@李思远请回访，抄送@王晓芳 @李思远")
    assert answer.status_code == 302
    assert [mention.user for mention in Mention.objects.all()] == [people.li]
    event = Outbox.objects.get(name="comments.mentioned")
    assert event.payload["users"] == [people.li.pk] and "回访" not in str(event.payload)
    page = client.get(at("comments", row))
    assert "王晓芳" in [str(message) for message in page.context["messages"]][0]
    assert '<span class="mention">@李思远</span>请回访' in page.text
    client.post(at("edit_comment", row, Comment.objects.get().public_id), {"text": "@李思远 @赵敏 请回访"})
    assert {mention.user for mention in Mention.objects.all()} == {people.li, people.bo}
    assert Outbox.objects.filter(name="comments.mentioned").last().payload["users"] == [people.bo.pk]


def test_two_people_of_one_name_are_told_apart(as_, people, row, customers):
    other = org.person("BO", name="赵敏")
    handles = naming.offered(customers, row, "赵敏")
    assert sorted(handles) == sorted(f"赵敏({user.username})" for user in (people.bo, other))
    comments.write(customers, row, people.mgr, f"@赵敏({other.username}) 请看")
    assert Mention.objects.get().user == other


def test_the_first_page_holds_mentions_until_they_are_read_and_only_of_records_in_reach(as_, people, row, customers):
    say(as_(people.mgr), row, "@李思远 请回访")
    home = as_(people.li).get("/admin/").text
    assert "home-mentions" in home and "is-new" in home and at("comments", row) in home
    as_(people.li).get(at("comments", row))
    assert "is-new" not in as_(people.li).get("/admin/").text
    from backoffice.registers.changes import Write, apply

    apply(customers, [Write(row=row, values={"owner_consultant": people.wang.staff})], act=org.by_system("改派"))
    assert at("comments", row) not in as_(people.li).get("/admin/").text
    assert viewer_of(people.li)


def test_comments_cost_the_same_queries_for_one_and_thirty(as_, people, row):
    client = as_(people.mgr)
    say(client, row, "@李思远 一")
    counted = {}
    addresses = {"comments": at("comments", row), "timeline": at("timeline", row), "home": "/admin/"}
    for name, address in addresses.items():
        as_(people.li).get(address)
        with CaptureQueriesContext(connection) as one:
            as_(people.li).get(address)
        counted[name] = len(one)
    for n in range(29):
        say(as_(people.mgr), row, f"@李思远 第 {n} 条")
    as_(people.li).get(addresses["comments"])
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as thirty:
            as_(people.li).get(address)
        assert len(thirty) <= counted[name], name
