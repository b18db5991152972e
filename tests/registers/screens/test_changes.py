"""The page of a change, and taking it back: rehearsed, with a reason, at once or in the background."""

import importlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.jobs import worker
from backoffice.jobs.models import Job
from backoffice.jobs.run import JobContext
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.models import ChangeSet
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens import changesets
from tests.organisation import factories as org

undo_module = importlib.import_module("backoffice.registers.changes.undo")


@pytest.fixture
def imported(people, customers):
    """`imported(count)`: a change set of the clerk that created so many customers, half of them li's."""

    def made(count=4):
        owners = [people.li.staff, people.wang.staff]
        writes = [
            Write(
                values={
                    "site": people.site,
                    "name": f"客户{n}",
                    "phone": f"1990003{n:04d}",
                    "owner_consultant": owners[n % 2],
                },
                source=("客户登记", n + 3),
            )
            for n in range(count)
        ]
        act = Act(people.bo, "import", "首批", viewer=viewer_of(people.bo), source_name="客户.xlsx")
        return apply(customers, writes, act=act)

    return made


def page_of(change_set, screen=""):
    return f"/admin/changes/{change_set.public_id}/{screen}"


def test_the_page_tells_who_what_and_from_where_and_only_the_rows_in_reach(as_, people, imported):
    change_set = imported(4)
    page = as_(people.mgr).get(page_of(change_set))
    assert "赵敏" in page.text and "客户.xlsx" in page.text and "首批" in page.text
    assert [line["name"] for line in page.context["lines"]] == [f"客户{n}" for n in range(4)]
    mine = as_(people.li).get(page_of(change_set))
    assert [line["name"] for line in mine.context["lines"]] == ["客户0", "客户2"]
    assert "客户1" not in mine.text


def test_who_sees_none_of_its_rows_knows_nothing_of_the_change(as_, people, make, customers):
    row = make(people.wang, name="何秋")
    change_set = customers.history.objects.get(id=row.pk).change_set
    for screen in ("", "undo/", "undo/progress/"):
        assert as_(people.li).get(page_of(change_set, screen)).status_code == 404
    trainer = org.person("TRN")
    assert as_(trainer).get(page_of(change_set)).status_code == 404


def test_the_page_of_a_large_change_costs_no_more_queries(as_, people, imported, customers):
    small = imported(1)
    client = as_(people.mgr)
    client.get(page_of(small))
    with CaptureQueriesContext(connection) as one:
        client.get(page_of(small))
    apply(customers, [Write(row=row, action="void") for row in customers.model.rows.all()], act=org.by_system())
    large = imported(60)
    with CaptureQueriesContext(connection) as many:
        page = client.get(page_of(large))
    assert len(page.context["lines"]) == 20 and page.context["more"]
    assert len(many) <= len(one) + 1


def test_undoing_is_rehearsed_needs_a_reason_and_lists_what_stays(as_, people, imported, customers):
    change_set = imported(4)
    touched = customers.model.rows.get(name="客户1")
    apply(customers, [Write(row=touched, values={"remark": "已联系"})], act=org.by_system("联系"))
    client = as_(people.bo)
    assert "undo/" in client.get(page_of(change_set)).text
    page = client.get(page_of(change_set, "undo/"))
    assert (page.context["rehearsed"].voided, len(page.context["kept"])) == (3, 1)
    assert not ChangeSet.objects.filter(channel="undo").exists()
    assert client.post(page_of(change_set, "undo/"), {"_reason": ""}).status_code == 422
    answer = client.post(page_of(change_set, "undo/"), {"_reason": "导错了文件"}, follow=True)
    undoing = ChangeSet.objects.get(undoes=change_set)
    assert answer.redirect_chain[-1][0] == page_of(undoing)
    assert "客户1" in answer.text and undoing.reason == "导错了文件" and undoing.actor == people.bo
    assert set(customers.model.rows.filter(voided_at=None).values_list("name", flat=True)) == {"客户1"}
    again = client.get(page_of(change_set, "undo/"))
    assert again.status_code == 302 and page_of(undoing) in client.get(page_of(change_set)).text


def test_only_who_did_it_or_configures_the_register_takes_it_back(as_, people, imported):
    change_set = imported(2)
    assert as_(people.li).get(page_of(change_set, "undo/")).status_code == 404
    assert as_(people.li).post(page_of(change_set, "undo/"), {"_reason": "x"}).status_code == 404
    assert as_(people.mgr).get(page_of(change_set, "undo/")).status_code == 200


def run(job, slices=100):
    """The worker at work on `job`, at most so many times."""
    for _n in range(slices):
        job.refresh_from_db()
        if job.state in Job.ENDED:
            return job
        worker.wake(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_a_large_change_is_taken_back_in_the_background(as_, people, imported, customers, monkeypatch):
    monkeypatch.setattr(changesets, "AT_ONCE", 3)
    monkeypatch.setattr(undo_module, "SLICE", 2)
    change_set = imported(5)
    client = as_(people.bo)
    answer = client.post(page_of(change_set, "undo/"), {"_reason": "导错了"})
    assert answer.url == page_of(change_set, "undo/progress/")
    job = Job.objects.get(kind="changes.undo")
    assert client.get(answer.url + "?json").json()["state"] == "queued"
    assert "正在撤销变更" in client.get(answer.url).text
    run(job)
    page = client.get(answer.url).text
    assert "变更已撤销" in page and "正在撤销变更" not in page
    done = client.get(answer.url + "?json").json()
    undoing = ChangeSet.objects.get(undoes=change_set)
    assert done["state"] == "done" and done["result_url"] == page_of(undoing)
    assert not customers.model.rows.filter(voided_at=None).exists() and undoing.voided == 5


@pytest.mark.django_db(transaction=True)
def test_a_stopped_undoing_goes_on_where_it_was(as_, people, imported, customers, monkeypatch):
    monkeypatch.setattr(changesets, "AT_ONCE", 3)
    monkeypatch.setattr(undo_module, "SLICE", 2)
    monkeypatch.setattr(
        "backoffice.jobs.run.JobContext.slice_over", property(lambda job: job.next_row > job.seen(job))
    )
    monkeypatch.setattr("backoffice.jobs.run.JobContext.seen", staticmethod(lambda job: 0), raising=False)
    change_set = imported(6)
    client = as_(people.bo)
    progress = client.post(page_of(change_set, "undo/"), {"_reason": "导错了"}).url
    job = Job.objects.get(kind="changes.undo")
    worker.wake(job.pk)
    assert customers.model.rows.filter(voided_at=None).count() == 4
    client.post(progress, {"do": "cancel"})
    assert run(job).state == "cancelled" and customers.model.rows.filter(voided_at=None).count() == 4
    client.post(progress, {"do": "continue"})
    follow = Job.objects.filter(kind="changes.undo").latest("pk")
    assert follow.pk != job.pk
    monkeypatch.setattr(JobContext, "slice_over", False)
    run(follow)
    undoing = ChangeSet.objects.get(undoes=change_set)
    assert undoing.finished_at and undoing.voided == 6 and undoing.kept == []
