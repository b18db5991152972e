"""The unit lists of the corpus, through the command and the database: read, written, undone, written again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backoffice.jobs.worker import drain
from backoffice.registers import catalogue
from backoffice.registers.imports.models import ImportBatch
from backoffice.registers.models import ChangeSet
from backoffice.units.models import Building, Unit
from tests.organisation import factories as org
from tests.registers.imports.conftest import CORPUS, EXPECTATIONS, command
from tests.sheets.known import load

from . import factories as make

FILES = [entry for entry in EXPECTATIONS["files"] if entry["register"] == "unit" and entry["outcome"] == "import"]
LISTS = pytest.mark.parametrize("expected", FILES, ids=[entry["file"] for entry in FILES])


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def site(db):
    return load(EXPECTATIONS)


def written(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@LISTS
def test_a_dry_run_says_what_the_expectations_say_and_leaves_nothing(site, expected):
    report = command("import_sheet", "unit", CORPUS / expected["file"], dry_run=True, values=True)

    for part in ("outcome", "register", "format", "mapping", "counts"):
        assert report[part] == expected[part], part
    for part in ("refused_rows", "warning_rows", "skipped_rows"):
        assert report[part] == expected[part], part
    assert sorted(map(repr, report["questions"])) == sorted(map(repr, expected.get("questions", [])))
    values = {(row["sheet"], row["row"]): row["values"] for row in report["rows"]}
    fields = catalogue.get("unit").fields
    kept = [spot for spot in expected["spot_checks"] if spot["field"] in fields]
    assert kept
    for spot in kept:
        assert values[spot["sheet"], spot["row"]].get(spot["field"]) == spot["value"], spot
    assert not Unit.rows.exists() and not Building.rows.exists()


@LISTS
def test_a_list_is_written_with_its_buildings_undone_and_written_again(site, expected):
    importable = expected["counts"]["importable"]

    report = command("import_sheet", "unit", CORPUS / expected["file"])
    assert (report["created"], report["updated"], report["unchanged"]) == (importable, 0, 0)
    assert Unit.rows.count() == importable
    assert {row.building.code for row in Unit.rows.select_related("building")} == set(
        Building.rows.values_list("code", flat=True)
    )
    assert all(row.unit_code == f"{row.building.code}-{row.entrance}-{row.room}" for row in Unit.rows.all())

    again = command("import_sheet", "unit", CORPUS / expected["file"])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, importable)

    undone = command("undo", report["change_set"])
    assert (undone["voided"], undone["kept"]) == (importable, [])
    assert not Building.rows.filter(voided_at=None).exists(), "they came with the list and leave with it"

    third = command("import_sheet", "unit", CORPUS / expected["file"])
    assert third["created"] == importable


def test_a_list_never_moves_the_sales_state(site, tmp_path):
    sold = make.unit("1-2-301", site=site, presale_permit_no="示预售字(2025)第018号", state="signed", layout="A")
    path = written(
        tmp_path / "units.csv", "房号,户型,建筑面积,销售状态", "1-2-301,B,89.5,可售", "1-2-302,B,89.5,已售"
    )

    report = command("import_sheet", "unit", path)

    assert (report["created"], report["updated"]) == (1, 1)
    assert set(Unit.rows.values_list("unit_code", "layout", "state")) == {
        (sold.unit_code, "B", "signed"),
        ("1-2-302", "B", "registered"),
    }


def test_a_line_whose_columns_contradict_each_other_is_refused(site, tmp_path):
    path = written(tmp_path / "units.csv", "单元,房源编号,建筑面积", "1,1-2-301,89.5", "2,1-2-302,89.5")

    report = command("import_sheet", "unit", path)

    assert report["created"] == 1
    assert list(Unit.rows.values_list("unit_code", flat=True)) == ["1-2-302"]


def test_a_new_building_of_a_list_stands_in_the_project_of_its_site(site, tmp_path):
    project = org.write("project", {"site": site, "name": "岚桥里"})
    command("import_sheet", "unit", written(tmp_path / "units.csv", "房号,建筑面积", "11-1-101,89.5", "2-1-101,89.5"))

    rows = Building.rows.order_by("pk").values_list("code", "project", "site")
    assert list(rows) == [("2", project.pk, site.pk), ("11", project.pk, site.pk)]
    assert ChangeSet.objects.get(register="building").source_name == "units.csv"


def test_taking_the_undoing_back_brings_the_buildings_first_and_then_their_units(site, tmp_path):
    report = command(
        "import_sheet", "unit", written(tmp_path / "units.csv", "房号,建筑面积", "5-1-101,89.5", "6-1-101,90")
    )
    undone = command("undo", report["change_set"])

    back = command("undo", undone["change_set"])

    assert back["kept"] == []
    assert Unit.rows.filter(voided_at=None).count() == Building.rows.filter(voided_at=None).count() == 2


def test_a_building_that_others_use_by_now_stays_when_its_list_is_undone(site, tmp_path):
    report = command(
        "import_sheet", "unit", written(tmp_path / "units.csv", "房号,建筑面积", "5-1-101,89.5", "6-1-101,90")
    )
    make.unit("5-1-102", site=site)

    command("undo", report["change_set"])

    assert list(Building.rows.filter(voided_at=None).values_list("code", flat=True)) == ["5"]
    inner = ChangeSet.objects.get(register="building", channel="undo")
    assert [entry["why"] for entry in inner.kept] == ["已被其他记录引用"]
    assert inner.within.undoes.public_id == report["change_set"]


def test_what_was_exported_is_found_unchanged_when_it_comes_back(site, tmp_path):
    make.unit("S1-2-301", site=site, floor="3", layout="A 三房", usage="home", orientation="south_north")
    path = tmp_path / "units.xlsx"
    command("export_sheet", "unit", path)

    again = command("import_sheet", "unit", path)

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


@pytest.fixture
def clerk(client, site):
    org.sign_in(client, org.person("BO", site=site))
    return client


def uploaded(client, *lines):
    file = SimpleUploadedFile("units.csv", "\n".join(lines).encode())
    answer = client.post("/admin/imports/to/unit/", {"file": file})
    drain()
    return ImportBatch.objects.get(public_id=answer.url.split("/")[-2])


def test_the_preview_names_each_line_and_says_what_is_not_kept(clerk):
    batch = uploaded(clerk, "楼栋,单元,房号,建筑面积,备案总价,销售状态", "1#,2,0301,89.5,1503600,已售")
    shown = clerk.get(reverse("imports_batch", args=[batch.public_id])).text
    assert "1-2-301" in shown
    assert "会读取并检查，但本台账不保存这一列。" in shown and "不导入：销售状态只由销控决定。" in shown


def test_buildings_nobody_has_entered_are_announced_and_shown_wherever_the_change_is(clerk, site):
    make.unit("1-2-301", site=site)
    batch = uploaded(clerk, "房号,建筑面积", "1-2-302,89.5", "5-1-101,89.5", "12-1-101,90")
    shown = clerk.get(reverse("imports_batch", args=[batch.public_id])).text
    assert "2 个楼栋（5号楼、12号楼）" in shown

    clerk.post(reverse("imports_confirm", args=[batch.public_id]), {"digest": batch.digest})
    drain()

    batch.refresh_from_db()
    page = clerk.get(f"/admin/changes/{batch.change_set.public_id}/").text
    inner = batch.change_set.on_the_way.get()
    assert f"/admin/changes/{inner.public_id}/" in page
    assert f"/admin/changes/{batch.change_set.public_id}/" in clerk.get(f"/admin/changes/{inner.public_id}/").text
    asked = clerk.get(f"/admin/changes/{batch.change_set.public_id}/undo/")
    assert [(act["register"].code, act["change_set"].voided) for act in asked.context["on_the_way"]] == [
        ("building", 2)
    ]
    assert Building.rows.filter(voided_at=None).count() == 3, "asking changes nothing"


def test_explaining_a_word_leaves_the_columns_as_they_were_read(clerk):
    batch = uploaded(clerk, "房号,建筑面积,总价,朝向", "1-2-301,89.5,面议,南", "1-2-302,89.5,1503600,朝阳")
    read_as = batch.reading["mapping"]
    assert batch.counts["refused_by_reason"] == {"bad_amount": 1, "unknown_choice": 1}
    page = clerk.get(reverse("imports_batch", args=[batch.public_id]))
    columns = [
        (f"column|{sheet}|{entry['column']}", entry["value"])
        for sheet, found in page.context["columns"]
        for entry in found
    ]
    word = {"field-0": "orientation", "word-0": "朝阳", "answer-0": "south"}

    clerk.post(reverse("imports_read", args=[batch.public_id]), dict(columns) | word)
    drain()

    batch.refresh_from_db()
    assert batch.reading["mapping"] == read_as
    assert batch.counts["refused_by_reason"] == {"bad_amount": 1}


def test_who_may_not_keep_the_list_does_not_find_its_import(client, site):
    org.sign_in(client, org.person("PC", site=site))
    assert client.get("/admin/imports/to/unit/").status_code == 404
