"""Writing what was confirmed: one bad row keeps nobody else out, and nothing is written that was not agreed to."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from backoffice.customers.models import Customer
from backoffice.jobs import clock
from backoffice.jobs.events import emit
from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.changes import Refusal, Refused
from backoffice.registers.imports import applying
from backoffice.registers.imports.models import ImportRow
from backoffice.registers.models import ChangeSet
from tests.organisation import factories

from .conftest import CORPUS, MESSY, command, living, page, press, sheet, upload

pytestmark = pytest.mark.django_db


def many(count=12):
    return [["客户姓名", "联系电话"], *[[f"客{number}", f"199000080{number:02d}"] for number in range(count)]]


def test_a_key_taken_since_the_preview_keeps_only_its_own_row_out(signed_in, known_site):
    batch = upload(signed_in, sheet(*many()))
    factories.write("customer", {"site": known_site, "name": "别人", "phone": "19900008005"})
    press(signed_in, batch, "imports_confirm", digest=batch.digest)

    assert (batch.counts["created"], batch.counts["refused_when_written"]) == (11, 1)
    late = ImportRow.objects.get(batch=batch, action="refused")
    assert (late.row, late.problems[0]["code"]) == (7, "taken")
    assert "别人" not in page(signed_in, batch).content.decode()
    assert page(signed_in, batch, "imports_refused").status_code == 200


def test_a_refusal_that_names_no_row_is_narrowed_down(signed_in, monkeypatch):
    batch = upload(signed_in, sheet(*many()))
    real, asked = applying.write_rows, []

    def strict(change_set, register, writes, *, act):
        asked.append(len(writes))
        if any(write.values["phone"].endswith(("03", "09")) for write in writes):
            raise Refused([Refusal(0, None, "taken", "taken")]) from IntegrityError("unique")
        return real(change_set, register, writes, act=act)

    monkeypatch.setattr(applying, "write_rows", strict)
    press(signed_in, batch, "imports_confirm", digest=batch.digest)

    assert batch.state == "done"
    refused = ImportRow.objects.filter(batch=batch, action="refused").values_list("row", flat=True)
    assert sorted(refused) == [5, 11]
    assert Customer.rows.count() == batch.counts["created"] == batch.change_set.created == 10
    assert len(asked) < 20


def test_staged_rows_that_are_not_what_was_confirmed_are_not_written(signed_in):
    batch = upload(signed_in, sheet(*many()))
    ImportRow.objects.filter(batch=batch, row=3).update(values={"name": "甲", "phone": "19900008099"})
    press(signed_in, batch, "imports_confirm", digest=batch.digest)
    assert (batch.state, batch.reason) == ("failed", "read")
    assert not Customer.rows.exists()
    assert not ChangeSet.objects.filter(channel="import").exists()
    assert page(signed_in, batch).status_code == 200
    press(signed_in, batch, "imports_go_on")
    assert batch.state == "previewed"


def test_rights_are_asked_again_when_the_rows_are_written(signed_in, clerk):
    batch = upload(signed_in, sheet(*many()))
    url = reverse("imports_confirm", args=[batch.public_id])
    signed_in.post(url, {"digest": batch.digest})
    factories.end(clerk, clock.today() - clock.timedelta(days=1))
    drain()
    batch.refresh_from_db()
    assert (batch.state, batch.reason) == ("failed", "apply")
    assert not Customer.rows.exists()


def test_a_job_set_aside_stops_the_import_and_can_be_taken_up_again(signed_in):
    from django.db import transaction

    batch = upload(signed_in, sheet(*many()))
    url = reverse("imports_confirm", args=[batch.public_id])
    signed_in.post(url, {"digest": batch.digest})
    batch.refresh_from_db()
    batch.job.state, batch.job.wake_at, batch.job.finished_at = "parked", None, clock.now()
    batch.job.save()
    with transaction.atomic():
        emit("job.parked", {"job": batch.job.pk, "kind": "imports.apply"})
    drain()
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert page(signed_in, batch).status_code == 200
    press(signed_in, batch, "imports_go_on")
    assert (batch.state, Customer.rows.count()) == ("done", 12)


def test_an_undo_gives_updated_records_their_values_back(known_site, tmp_path):
    values = {"site": known_site, "name": "老客户", "phone": "19900000075", "remark": "原来", "intent_grade": "D"}
    factories.write("customer", values)
    before = living()
    report = command("import_sheet", "customer", CORPUS / MESSY)
    assert (report["created"], report["updated"]) == (43, 1)
    assert Customer.rows.get(phone="19900000075").name != "老客户"
    undone = command("undo", report["change_set"])
    assert (undone["voided"], undone["restored"], undone["kept"]) == (43, 1, [])
    assert living() == before


def test_the_shell_acts_under_its_own_name(known_site):
    report = command("import_sheet", "customer", CORPUS / MESSY)
    change_set = ChangeSet.objects.get(public_id=report["change_set"])
    assert (change_set.channel, change_set.actor.username) == ("shell", "shell")
    assert change_set.source_sha256
    entry = catalogue.get("customer").history.objects.filter(change_set=change_set).first()
    assert entry.history_user.username == "shell"


def test_the_shell_acts_for_a_person_with_that_persons_rights(known_site):
    from django.core.management import CommandError

    clerk = factories.person("BO", site=known_site)
    report = command("import_sheet", "customer", CORPUS / MESSY, user=clerk.username)
    change_set = ChangeSet.objects.get(public_id=report["change_set"])
    assert (change_set.channel, change_set.actor) == ("import", clerk)
    with pytest.raises(CommandError):
        command("import_sheet", "customer", CORPUS / MESSY, user=factories.person("PC", site=known_site).username)


def test_people_are_found_by_name_or_number_unless_they_left_or_share_a_name(signed_in, known_site):
    factories.staff("离职人", site=known_site, number="801", status="left")
    factories.staff("同名人", site=known_site, number="802")
    second = factories.staff("同名人", site=known_site, number="803")
    factories.staff("外地人", site=factories.site("Z"), number="804")
    names = ["离职人", "同名人", "同名人(803)", "803", "外地人", "李岚"]
    rows = [["甲", f"1990000710{number}", name] for number, name in enumerate(names)]
    batch = upload(signed_in, sheet(["客户姓名", "联系电话", "置业顾问"], *rows))

    actions = list(batch.rows.order_by("row").values_list("action", flat=True))
    assert actions == ["refused", "refused", "create", "create", "refused", "create"]
    press(signed_in, batch, "imports_confirm", digest=batch.digest)
    assert Customer.rows.filter(owner_consultant=second).count() == 2


def test_who_may_not_hand_customers_over_cannot_do_it_by_spreadsheet(signed_in, known_site, clerk):
    from backoffice.organisation.models import Staff

    first, other = Staff.rows.get(name="李岚"), Staff.rows.get(name="周一")
    values = {"site": known_site, "name": "甲", "phone": "19900007201", "owner_consultant": first}
    factories.write("customer", values)
    rows = [["甲", "19900007201", "周一"], ["乙", "19900007202", "周一"]]
    batch = upload(signed_in, sheet(["客户姓名", "联系电话", "置业顾问"], *rows))
    refused, new = batch.rows.order_by("row")
    assert (refused.action, refused.problems[0]["code"], new.action) == ("refused", "read_only", "create")
    press(signed_in, batch, "imports_confirm", digest=batch.digest)
    assert dict(Customer.rows.values_list("name", "owner_consultant")) == {"甲": first.pk, "乙": other.pk}


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path, known_site):
    from django.core.management import CommandError, call_command

    with translation.override("zh-hans"), pytest.raises(CommandError) as told:
        call_command("import_sheet", "customer", str(tmp_path / "没有.xlsx"))
    assert "不存在或无法读取" in str(told.value) and "Errno" not in str(told.value)
