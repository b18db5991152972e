"""Numbers of records: drawn with the record, without gaps, after a pattern that managers keep."""

import threading
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.urls import reverse

from backoffice.customers.models import Customer
from backoffice.jobs import clock
from backoffice.jobs.models import Job
from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.audit.models import Event
from backoffice.registers.audit.verifying import verify
from backoffice.registers.changes import Act, Denied, Refused, Write, apply
from backoffice.registers.changes.opening import door_open
from backoffice.registers.imports import shell
from backoffice.registers.numbering import jobs, numbers, patterns, series
from backoffice.registers.numbering.models import PatternChange
from backoffice.registers.scope import system_viewer, viewer_of
from tests.organisation import factories as org

pytestmark = pytest.mark.django_db
YEAR = 2026
NOON = datetime(YEAR, 6, 1, 4, tzinfo=UTC)


@pytest.fixture
def register():
    org.site()
    return catalogue.get("customer")


@pytest.fixture
def noon(db):
    with clock.at(NOON):
        yield


def enter(register, n, *, act=None, **values):
    wish = Write(values={"name": "陈予安", "phone": f"1990000{n:04d}", "site": org.site()} | values)
    apply(register, [wish], act=act or org.by_system())
    return wish.row


def sheet(tmp_path, *lines):
    book = openpyxl.Workbook()
    for line in (("客户姓名", "联系电话", "档案编号"), *lines):
        book.active.append(line)
    book.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def imported(register, path):
    batch, _viewer = shell.open_batch(register, path, site=org.site())
    return batch, shell.write_batch(batch)


def given():
    return list(Customer.rows.order_by("pk").values_list("file_number", flat=True))


# Drawing


def test_each_site_and_year_counts_by_itself(register, noon):
    assert enter(register, 1).file_number == "A-KH-2026-0001"
    assert enter(register, 2, site=org.site("B")).file_number == "B-KH-2026-0001"
    assert enter(register, 3).file_number == "A-KH-2026-0002"
    # New Year comes to Shanghai eight hours before it comes to Greenwich.
    with clock.at(datetime(YEAR, 12, 31, 16, 0, 1, tzinfo=UTC)):
        assert enter(register, 4).file_number == "A-KH-2027-0001"


def test_what_is_refused_or_rolled_back_leaves_no_gap_and_what_is_void_keeps_its_number(register, noon):
    first = enter(register, 1)
    with pytest.raises(Refused):
        enter(register, 1)
    with transaction.atomic():
        enter(register, 2)
        transaction.set_rollback(True)
    second = enter(register, 3)
    apply(register, [Write(row=first, action="void")], act=org.by_system())
    assert enter(register, 4).file_number == "A-KH-2026-0003"
    first.refresh_from_db()
    assert (first.file_number, second.file_number) == ("A-KH-2026-0001", "A-KH-2026-0002")


def test_nobody_sets_or_changes_a_number(register, client, noon):
    manager = org.person("SM")
    act = Act(manager, "form", "改", viewer=viewer_of(manager))
    row = enter(register, 1, act=act, file_number="X-1")
    apply(register, [Write(row=row, values={"file_number": "X-2", "remark": "改"})], act=act)
    row.refresh_from_db()
    assert (row.file_number, row.remark) == ("A-KH-2026-0001", "改")
    org.sign_in(client, manager)
    address = reverse("register_customer:add")
    assert "file_number" not in client.get(address).context["form"].fields
    body = {"values": {"name": "李", "phone": "19900000009", "file_number": "X-3"}}
    assert client.post("/api/v1/customer/", body, content_type="application/json").status_code == 422


def test_a_record_is_found_by_its_number(register, noon):
    row, _other = enter(register, 1), enter(register, 2)
    rows = register.visible(system_viewer(None))
    assert list(register.finding(rows, "a-kh-2026-0001")) == [row]
    assert list(register.finding(rows, " A-KH-2026-0001 ")) == [row]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time: tests/jobs races processes there")
def test_eight_at_once_leave_no_gap_and_no_double(register):
    people = [org.person("SM") for _ in range(8)]
    began, failed = threading.Barrier(8), []

    def work(place):
        try:
            act = Act(people[place], "form", "登记", viewer=viewer_of(people[place]))
            began.wait()
            for n in range(25):
                enter(register, place * 100 + n, act=act)
        except Exception as error:  # told by the assertion below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed
    year = clock.today().year
    assert sorted(given()) == [f"A-KH-{year}-{n:04d}" for n in range(1, 201)]


# Imports


def test_imported_rows_may_bring_their_own_number_and_the_series_counts_on_behind_it(register, tmp_path, noon):
    rows = ("李岚", "19900000001", "A-KH-2026-0040"), ("张屿", "19900000002", None), ("刘清", "19900000003", "旧-7")
    _batch, done = imported(register, sheet(tmp_path, *rows))
    assert done.change_set.created == 3
    assert given() == ["A-KH-2026-0040", "A-KH-2026-0041", "旧-7"]
    assert enter(register, 9).file_number == "A-KH-2026-0042"


def test_an_imported_number_is_neither_doubled_nor_changed(register, tmp_path, noon):
    row = enter(register, 1)
    taken = enter(register, 5)
    apply(register, [Write(row=taken, action="void")], act=org.by_system())
    rows = (("陈予安", row.phone, "A-KH-2026-0077"), ("李岚", "19900000002", taken.file_number))
    batch, done = imported(register, sheet(tmp_path, *rows))
    assert (batch.counts["importable"], done.counts["refused_when_written"], done.change_set.touched) == (1, 1, 0)
    assert given() == ["A-KH-2026-0001", "A-KH-2026-0002"]


# Rows that were there before


def test_rows_that_were_there_before_are_numbered_by_the_worker_once_and_the_log_stays_whole(register, noon):
    rows = [enter(register, n) for n in range(3)]
    void = enter(register, 8)
    apply(register, [Write(row=void, action="void")], act=org.by_system())
    with door_open():
        Customer.rows.update(file_number="")
    jobs.number_the_rest()
    jobs.number_the_rest()
    assert Job.objects.filter(kind=jobs.REST).count() == 1
    drain()
    found = dict(Customer.rows.values_list("pk", "file_number"))
    assert [found[row.pk] for row in rows] == [f"A-KH-2026-000{n}" for n in (5, 6, 7)] and found[void.pk] == ""
    assert register.history.objects.filter(id=rows[0].pk).first().file_number == "A-KH-2026-0005"
    jobs.number_the_rest()
    assert Job.objects.filter(kind=jobs.REST).count() == 1


def test_versions_from_before_there_were_numbers_keep_their_digest(register, noon, monkeypatch):
    from backoffice.registers.audit import digests

    enter(register, 1)
    entry = register.history.objects.get()
    entry.file_number = ""
    today = digests.digest(entry)
    columns = [line for line in digests._plain(type(entry)) if line[0] != "file_number"]
    monkeypatch.setattr(digests, "_plain", lambda model: columns)
    assert digests.digest(entry) == today


# Patterns


@pytest.mark.parametrize(
    "pattern, number",
    [
        ("{site}-{series}-{year}-{n:04}", "LQL-KH-2026-0012"),
        ("{series}{site}{yy}{n:3}", "KHLQL26012"),
        ("{site}字〔{year}〕第{n}号", "LQL字〔2026〕第12号"),
        ("{n:05}/{site}/{year}", "00012/LQL/2026"),
    ],
)
def test_a_number_written_after_a_pattern_is_read_back(pattern, number):
    patterns.judge(pattern)
    assert patterns.write(pattern, "KH", "LQL", 2026, 12) == number
    assert patterns.read(pattern, "KH", "LQL", number) == (2026, 12)
    assert patterns.read(pattern, "KH", "YH", number) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{site}-{year}",
        "{site}-{n}",
        "{year}-{n}",
        "{site}{year}{n}{n}",
        "{site}{year}{n.real}",
        "{site:3}{year}{n}",
        "{site} {year} {n}",
    ],
)
def test_a_pattern_that_cannot_number_is_refused(pattern):
    with pytest.raises(ValidationError):
        patterns.judge(pattern)


def test_a_new_pattern_counts_for_later_numbers_and_stands_in_the_audit_log(register, client, noon):
    enter(register, 1)
    manager = org.person("SM")
    org.sign_in(client, manager)
    address = reverse("numbering_series", args=["KH"])
    assert "A-KH-2026-0002" in client.get(reverse("numbering")).text
    tried = client.post(address, {"pattern": "{site}{yy}-{n:05}", "try": "1"})
    assert "A26-00002" in tried.text and not PatternChange.objects.exists()
    unexplained = client.post(address, {"pattern": "{site}{yy}-{n:05}"})
    assert unexplained.status_code == 422
    answer = client.post(address, {"pattern": "{site}{yy}-{n:05}", "_reason": "档案室要求"})
    assert answer.status_code == 302
    assert enter(register, 2).file_number == "A26-00002" and given()[0] == "A-KH-2026-0001"
    entry = Event.objects.get(deed="configured")
    assert (entry.actor, entry.register) == (manager, "customer")
    assert entry.change_set.reason.endswith("{site}-{series}-{year}-{n:04} → {site}{yy}-{n:05}: 档案室要求")
    assert verify().whole, verify().broken
    assert "档案室要求" in client.get(address).text


def test_a_pattern_that_would_come_to_a_number_that_exists_is_refused(register, tmp_path, noon):
    imported(register, sheet(tmp_path, ("李岚", "19900000001", "A2026-9")))
    keeper = viewer_of(org.person("SM"))
    with pytest.raises(ValidationError, match="A2026-9"):
        series.change_pattern("KH", "{site}{year}-{n}", keeper, "短一点")
    assert series.change_pattern("KH", "{site}{year}/{n}", keeper, "短一点")
    assert enter(register, 2).file_number == "A2026/1"


@pytest.mark.parametrize("role", ["PC", "BO", "GM", "SYS"])
def test_whoever_does_not_configure_the_register_does_not_find_its_numbers(register, client, role):
    user = org.person(role)
    org.sign_in(client, user)
    addresses = [reverse("numbering"), reverse("numbering_series", args=["KH"])]
    asked = [client.get(address) for address in addresses]
    asked.append(client.post(addresses[1], {"pattern": "{site}{year}{n}", "_reason": "x"}))
    assert {answer.status_code for answer in asked} == {404}
    with pytest.raises(Denied):
        series.change_pattern("KH", "{site}{year}{n}", viewer_of(user), "x")


def test_a_number_is_drawn_for_whoever_asks_within_their_transaction(noon):
    site = org.site()
    assert numbers.draw("SK", site.pk, NOON) == "A-SK-2026-0001"
    assert numbers.draw_many("SK", None, NOON, 2) == ["SK-2026-0001", "SK-2026-0002"]
