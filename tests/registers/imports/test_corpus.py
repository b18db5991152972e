"""Every customer list of the corpus, through the command and the database: read, written, undone, written again."""

import pytest

from backoffice.customers.models import Customer
from backoffice.registers.imports.models import ImportBatch, ImportRow

from .conftest import CORPUS, CUSTOMER_FILES, EXPECTATIONS, command, living

FILES = pytest.mark.parametrize("expected", CUSTOMER_FILES, ids=[entry["file"] for entry in CUSTOMER_FILES])
REJECTED = [entry for entry in EXPECTATIONS["files"] if entry["outcome"] == "reject"]


@FILES
def test_a_dry_run_says_what_the_expectations_say_and_leaves_nothing(known_site, storage, expected):
    report = command("import_sheet", "customer", CORPUS / expected["file"], dry_run=True, values=True)

    for part in (
        "outcome",
        "register",
        "format",
        "mapping",
        "counts",
        "refused_rows",
        "warning_rows",
        "skipped_rows",
    ):
        assert report[part] == expected[part], part
    assert sorted(map(repr, report["questions"])) == sorted(map(repr, expected.get("questions", [])))
    values = {(row["sheet"], row["row"]): row["values"] for row in report["rows"]}
    for spot in expected["spot_checks"]:
        value, wanted = values[spot["sheet"], spot["row"]].get(spot["field"]), spot["value"]
        assert value == wanted, spot
    assert not Customer.rows.exists()
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()
    assert not [path for path in storage.rglob("*") if path.is_file()]


@FILES
def test_an_import_is_written_undone_and_written_again(known_site, register, expected):
    importable = expected["counts"]["importable"]

    report = command("import_sheet", "customer", CORPUS / expected["file"])
    assert (report["created"], report["updated"], report["unchanged"]) == (importable, 0, 0)
    assert Customer.rows.count() == importable == register.history.objects.count()

    again = command("import_sheet", "customer", CORPUS / expected["file"])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, importable)

    undone = command("undo", report["change_set"])
    assert (undone["voided"], undone["restored"], undone["kept"]) == (importable, 0, [])
    assert living() == []

    third = command("import_sheet", "customer", CORPUS / expected["file"])
    assert third["created"] == importable == len(living())


@pytest.mark.parametrize("expected", REJECTED, ids=[entry["file"] for entry in REJECTED])
def test_a_bad_file_is_refused_with_one_sentence(known_site, storage, expected, capsys):
    with pytest.raises(SystemExit) as exit:
        command("import_sheet", "customer", CORPUS / expected["file"])
    assert exit.value.code != 0
    batches = ImportBatch.objects.count()
    assert batches == 0
    assert not Customer.rows.exists()
    assert not [path for path in storage.rglob("*") if path.is_file()]
