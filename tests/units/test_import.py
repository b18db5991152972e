"""The unit lists of the corpus, through the command and the database: read, written, undone, written again."""

import pytest

from backoffice.registers import catalogue
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
    buildings = Building.rows.count()
    third = command("import_sheet", "unit", CORPUS / expected["file"])
    assert third["created"] == importable and Building.rows.count() == buildings


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


def test_what_was_exported_is_found_unchanged_when_it_comes_back(site, tmp_path):
    make.unit("S1-2-301", site=site, floor="3", layout="A 三房", usage="home", orientation="south_north")
    path = tmp_path / "units.xlsx"
    command("export_sheet", "unit", path)

    again = command("import_sheet", "unit", path)

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
