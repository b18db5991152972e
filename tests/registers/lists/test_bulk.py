"""Bulk edit: selected, judged, looked at, written as one change set, undone; cells changed in place."""

import pytest

from backoffice.jobs import worker
from backoffice.jobs.models import Job
from backoffice.registers import changes
from backoffice.registers.changes import Act, Refusal, Write, apply
from backoffice.registers.lists import bulk as bulks
from backoffice.registers.lists.models import BulkEdit
from backoffice.registers.models import ChangeSet
from tests.organisation import factories as org

from .conftest import at, built


@pytest.fixture
def ten(people, make):
    """Ten customers: of li and wang in turn, graded B, one without a grade, one of another site."""
    return [
        make((people.li, people.wang)[n % 2], name=f"客{n}", intent_grade="" if n == 9 else "B") for n in range(10)
    ]


def start(client, rows=(), action="save", query="", **more):
    answer = client.post(at("bulk") + query, {"action": action, "row": [row.public_id for row in rows]} | more)
    assert answer.status_code == 302
    return answer.url


def check(client, url, reason="重新评级", **values):
    return client.post(url, {"do": "check", "chosen": list(values), "_reason": reason} | values, follow=True)


def grades(customers):
    return list(customers.model.rows.order_by("pk").values_list("intent_grade", flat=True))


def work_off():
    """What a worker does with everything that waits."""
    for _n in range(20):
        waiting = Job.objects.filter(state="queued").first()
        if waiting is None:
            return
        worker.wake(waiting.pk)


def test_selected_rows_are_previewed_changed_as_one_act_and_undone(as_, ten, people, customers):
    client = as_(people.mgr)
    url = start(client, ten[:3])
    page = check(client, url, intent_grade="A")
    assert page.context["counts"]["change"] == 3 and "重新评级" in page.text
    assert [(d.old, d.new) for _n, _u, changed in page.context["sample"] for d in changed] == [("B", "A")] * 3
    assert grades(customers).count("A") == 0
    done = client.post(url, {"do": "write"}, follow=True)
    assert grades(customers) == ["A"] * 3 + ["B"] * 6 + [""]
    act = ChangeSet.objects.get(channel="bulk")
    assert (act.updated, act.actor, act.reason) == (3, people.mgr, "重新评级") and act.public_id in done.text
    client.post(url, {"do": "write"})
    assert ChangeSet.objects.filter(channel="bulk").count() == 1
    client.post(f"/admin/changes/{act.public_id}/undo/", {"_reason": "弄错了"})
    assert grades(customers) == ["B"] * 9 + [""]


def test_all_that_match_are_those_of_the_address(as_, ten, people, customers):
    client = as_(people.mgr)
    only = {"field": "owner_consultant", "is": "any_of", "value": [people.wang.staff.public_id]}
    url = start(client, query="?intent_grade=B&f=" + built(only)["f"], all="1")
    page = check(client, url, intent_grade="C")
    assert page.context["counts"]["change"] == 4
    client.post(url, {"do": "write"})
    assert grades(customers) == ["B", "C"] * 4 + ["B", ""]


def test_a_question_that_is_not_understood_selects_nothing(as_, ten, people, customers):
    client = as_(people.mgr)
    answer = client.post(at("bulk") + "?phone=199", {"action": "void", "all": "1"})
    assert not BulkEdit.objects.exists() and answer.status_code == 302


def test_a_row_that_somebody_changed_since_is_set_aside(as_, ten, people, customers):
    client = as_(people.mgr)
    url = start(client, ten[:3])
    check(client, url, intent_grade="A")
    apply(customers, [Write(row=ten[1], values={"remark": "先到"})], act=org.by_system())
    page = client.post(url, {"do": "write"}, follow=True)
    assert grades(customers)[:3] == ["A", "B", "A"]
    assert page.context["counts"]["conflict"] == 1 and "客1" in page.text


def test_refused_rows_are_named_with_reasons_and_take_nobody_along(as_, ten, people, customers, monkeypatch):
    def no_age_for_two(register, writes):
        return [
            Refusal(index, "age", "no", "这位客户不行")
            for index, write in enumerate(writes)
            if write.row.name == "客2" and write.row.age
        ]

    monkeypatch.setattr(type(customers), "checks", [no_age_for_two])
    client = as_(people.mgr)
    url = start(client, ten[:4])
    page = check(client, url, age="40")
    assert page.context["counts"]["change"] == 3 and page.context["counts"]["refused"] == 1
    assert "这位客户不行" in page.text and "客2" in page.text
    client.post(url, {"do": "write"})
    assert list(customers.model.rows.order_by("pk").values_list("age", flat=True))[:4] == [40, 40, None, 40]


def test_a_mistake_is_said_before_anything_is_judged(as_, ten, people):
    client = as_(people.mgr)
    url = start(client, ten[:2])
    for wrong in ({"age": "old"}, {}, {"intent_grade": "ZZ"}):
        assert check(client, url, **wrong).status_code == 422
    assert check(client, url, reason="", age="30").status_code == 422
    assert BulkEdit.objects.get().state == "choosing"


def test_a_ticked_field_left_empty_is_emptied_and_what_is_so_already_is_left_alone(as_, ten, people, customers):
    client = as_(people.mgr)
    url = start(client, ten[8:])
    page = check(client, url, intent_grade="")
    assert (page.context["counts"]["change"], page.context["counts"]["unchanged"]) == (1, 1)
    client.post(url, {"do": "write"})
    assert grades(customers)[8:] == ["", ""] and ChangeSet.objects.get(channel="bulk").updated == 1


def test_many_rows_are_voided_and_brought_back_by_undo(as_, ten, people, customers):
    client = as_(people.mgr)
    url = start(client, ten, action="void")
    check(client, url, reason="重复")
    client.post(url, {"do": "write"})
    assert not customers.model.rows.filter(voided_at=None).exists()
    act = ChangeSet.objects.get(channel="bulk")
    assert act.voided == 10
    changes.undo(act, act=Act(people.mgr, "undo", "误"))
    assert customers.model.rows.filter(voided_at=None).count() == 10


def test_large_edits_go_through_the_worker_and_finish_there(as_, ten, people, customers, monkeypatch):
    monkeypatch.setattr(bulks, "AT_ONCE", 5)
    monkeypatch.setattr(bulks, "SLICE", 3)
    client = as_(people.mgr)
    url = start(client, query="", all="1")
    page = check(client, url, intent_grade="A")
    assert "data-progress-url" in page.text and client.get(url + "?json").json()["finished"] is False
    work_off()
    assert client.get(url).context["counts"]["change"] == 10
    client.post(url, {"do": "write"})
    assert grades(customers).count("A") == 0
    work_off()
    assert grades(customers) == ["A"] * 10 and BulkEdit.objects.get().state == "done"
    assert ChangeSet.objects.get(channel="bulk").updated == 10


def test_rights_lost_before_the_writing_stop_it(as_, ten, people, customers):
    client = as_(people.li)
    url = start(client, ten)
    assert BulkEdit.objects.get().rows.count() == 5
    check(client, url, age="30")
    others = Act(org.by_system().actor, "form", "调配", viewer=org.by_system().viewer)
    for row in ten[::2][:4]:
        apply(customers, [Write(row=row, values={"owner_consultant": people.wang.staff})], act=others)
    client.post(url, {"do": "write"})
    ages = list(customers.model.rows.order_by("pk").values_list("age", flat=True))
    assert [place for place, age in enumerate(ages) if age] == [8]


def test_nobody_reaches_further_in_bulk_than_by_hand(as_, ten, people, customers):
    trainer = as_(org.person("TRN"))
    assert trainer.post(at("bulk"), {"action": "save", "all": "1"}).status_code == 404
    clerk = as_(people.li)
    assert clerk.post(at("bulk"), {"action": "void", "all": "1"}).status_code == 404
    assert clerk.post(at("bulk"), {"action": "delete", "all": "1"}).status_code == 404
    url = start(clerk, ten)
    form = clerk.get(url).context["form"]
    assert not {"phone", "identity_number", "home_address", "owner_consultant", "site"} & set(form.fields)
    refused = check(clerk, url, phone="19900009999")
    assert refused.status_code == 422
    for other in (people.mgr, people.wang):
        client = as_(other)
        assert client.get(url).status_code == 404 and client.post(url, {"do": "write"}).status_code == 404


def test_a_cell_is_changed_in_place(as_, ten, people, customers):
    client = as_(people.li)
    row = ten[0]
    opened = client.get(at("cell", row, "intent_grade"))
    assert opened.status_code == 200 and 'name="intent_grade"' in opened.text
    answer = client.post(at("cell", row, "intent_grade"), {"intent_grade": "A", "_version": row.version})
    assert answer.json() == {"text": "A", "gone": False}
    act = ChangeSet.objects.first()
    assert (act.channel, act.actor) == ("list", people.li)
    stale = client.post(at("cell", row, "intent_grade"), {"intent_grade": "C", "_version": row.version})
    assert stale.status_code == 409 and stale.json()["error"]
    wrong = client.post(at("cell", row, "age"), {"age": "x", "_version": row.version + 1})
    assert wrong.status_code == 422 and wrong.json()["error"]
    assert grades(customers)[0] == "A"


def test_a_cell_that_may_not_be_edited_does_not_exist(as_, ten, people, customers):
    client = as_(people.li)
    for row, field in ((ten[1], "age"), (ten[0], "phone"), (ten[0], "owner_consultant"), (ten[0], "nothing")):
        assert client.get(at("cell", row, field)).status_code == 404
        assert client.post(at("cell", row, field), {field: "1", "_version": "1"}).status_code == 404
    apply(customers, [Write(row=ten[0], action="void")], act=org.by_system("重复"))
    assert client.get(at("cell", ten[0], "age")).status_code == 404
