"""Every list of the corpus gives what its expectations say."""

import pytest

from backoffice.registers.sheets.reading import read_file

from .corpus import FILES, FOLDER, KNOWN, LAYOUTS

READ = [name for name, entry in FILES.items() if entry["outcome"] == "import" and entry["register"] in LAYOUTS]
REFUSED = [name for name, entry in FILES.items() if entry["outcome"] == "reject"]


def in_any_order(questions):
    return sorted(questions, key=repr)


@pytest.mark.parametrize("name", READ)
def test_list_is_read_as_expected(name):
    expected = FILES[name]
    report = read_file(FOLDER / name, LAYOUTS[expected["register"]], KNOWN).as_json(values=True)

    assert report["outcome"] == "import"
    assert report["format"] == expected["format"]
    for ours, theirs in zip(report["sheets"], expected["sheets"], strict=True):
        assert {k: v for k, v in ours.items() if k != "why"} == {k: v for k, v in theirs.items() if k != "why"}
        assert bool(ours.get("why")) == bool(theirs.get("why"))
    assert report["mapping"] == expected["mapping"]
    assert report["refused_rows"] == expected["refused_rows"]
    assert report["warning_rows"] == expected["warning_rows"]
    assert report["skipped_rows"] == expected["skipped_rows"]
    assert report["counts"] == expected["counts"]
    assert report.get("counts_visible_rows_only") == expected.get("counts_visible_rows_only")
    assert in_any_order(report["questions"]) == in_any_order(expected.get("questions", []))
    rows = {(row["sheet"], row["row"]): row["values"] for row in report["rows"]}
    wrong = []
    for spot in expected["spot_checks"]:
        value = rows[spot["sheet"], spot["row"]].get(spot["field"])
        wanted = spot["value"]
        if isinstance(wanted, dict):
            value = {"length": len(value), "starts_with": value[:10], "ends_with": value[-10:]}
        if value != wanted:
            wrong.append((spot, value))
    assert wrong == []
    stated = [{k: v for k, v in check.items() if k != "note"} for check in expected.get("sum_checks", [])]
    assert report.get("sum_checks", []) == stated


@pytest.mark.parametrize("name", REFUSED)
def test_bad_file_is_refused_whole(name):
    reading = read_file(FOLDER / name, LAYOUTS["customer"], KNOWN)
    assert (reading.outcome, reading.reason) == ("reject", FILES[name]["reason"])
    assert reading.rows == []
