"""One clear sentence for every refusal, warning, skipped line and refused file.

Codes are stable and printed by reports; sentences are for people and are translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FILE_REASONS = {
    "empty_file": _("The file is empty."),
    "too_large": _("The file is larger than %(limit)s MB. Split it, or remove pictures from it."),
    "too_large_uncompressed": _(
        "The file grows too large when it is unpacked. Copy the rows you need into a new workbook."
    ),
    "too_many_parts": _("The file is packed in more than %(limit)s parts. Save it again as .xlsx."),
    "too_many_rows": _("The file has more than %(limit)s rows with values. Split it."),
    "too_many_columns": _("A sheet has more than %(limit)s columns. Remove the columns that are not needed."),
    "cell_too_long": _("A cell holds more than %(limit)s characters."),
    "external_entities": _("The file refers to outside data in a way that is not allowed. Save it again as .xlsx."),
    "damaged_file": _("The file is damaged or did not arrive completely. Open it, save it again and upload it anew."),
    "not_a_spreadsheet": _("This is not a spreadsheet, whatever its name says. Upload .xlsx, .xls or .csv."),
    "unsupported_format": _("This kind of spreadsheet is not read. Save it as .xlsx."),
    "contains_macros": _("The workbook contains macros. Save it as .xlsx without macros."),
    "encrypted": _("The file opens only with a password. Upload it without a password."),
    "unknown_encoding": _("The characters of this text file cannot be read. Save it as .xlsx, or as .csv in UTF-8."),
    "unclosed_quote": _("A quotation mark in this text file is never closed. Save the list as .xlsx."),
    "no_heading_row": _("No row of headings was found among the first 15 rows of any sheet."),
    "no_such_sheet": _("The file has no sheet called %(wanted)s. It has: %(sheets)s."),
    "missing_columns": _("The list has no column for: %(fields)s."),
}

REFUSALS = {
    "missing_required": _("%(field)s is missing."),
    "bad_phone": _(
        "“%(original)s” is no telephone number. Expected: 11 digits that begin with 13 to 19, or a landline with its "
        "area code. Numbers the sheet has shortened must be entered anew, as text."
    ),
    "damaged_identity_number": _(
        "The sheet has turned this identity number into a number and lost digits: “%(original)s”. "
        "Enter it anew, as text."
    ),
    "bad_identity_number": _(
        "“%(original)s” is no valid identity number. Expected: 18 signs with the right check digit; other papers "
        "need a column with the kind of paper."
    ),
    "bad_date": _("“%(original)s” is no date. Expected: an existing day with its year, such as 2025-06-18."),
    "bad_time": _("“%(original)s” is no time of day. Expected: a time such as 14:30."),
    "bad_amount": _("“%(original)s” is no amount. Expected: a number such as 1285000 or 128.5万."),
    "bad_discount": _("“%(original)s” is no discount. Expected: 98折, 98%% or 0.98."),
    "bad_number": _("“%(original)s” is no number. Expected: digits."),
    "bad_unit_code": _("“%(original)s” is no unit code. Expected: building, entrance and room, such as 1-2-301."),
    "damaged_unit_code": _(
        "The sheet has turned this unit code into a date or a number: “%(original)s”. Enter it anew, as text."
    ),
    "bad_name": _("“%(original)s” is no name."),
    "bad_text": _("“%(original)s” cannot be read as text."),
    "bad_account": _("“%(original)s” is no account number. Enter it as text."),
    "unknown_choice": _(
        "“%(original)s” is not in the list of values. Choose what it means once, or correct the cell."
    ),
    "unknown_person": _("“%(original)s” is not on the staff list of this site."),
    "duplicate_in_file": _("Same as row %(row)s, which is kept."),
    "error_value": _("The cell shows an error: “%(original)s”. Correct the formula or enter the value."),
    "formula_without_result": _("The formula has no stored result. Open the file, save it once and upload it again."),
    "value_out_of_range": _("“%(original)s” lies outside what is possible here."),
}

WARNINGS = {
    "year_from_title": _("“%(original)s” has no year; the year of the title or sheet name was taken."),
    "year_by_sequence": _("“%(original)s” has no year; the year follows from the turn of the year."),
    "us_date_order": _("“%(original)s” was read as month, day, year."),
    "time_24": _("24:00 was read as 00:00 of the next day."),
    "time_hour_only": _("“%(original)s” was read as the full hour."),
    "time_vague": _("“%(original)s” names no hour; the time stays empty."),
    "landline_area_code_added": _("“%(original)s” has no area code; the site's own was added."),
    "identity_15_digits": _("An old identity number of 15 digits."),
    "name_incomplete": _("“%(original)s” is no full name."),
    "gender_code_guessed": _("“%(original)s” was read as a code: 1 is male, 0 is female."),
    "amount_out_of_range": _("“%(original)s” is unusual for a column of ten thousand yuan."),
    "amount_approximate": _("“%(original)s” is approximate; the number was taken."),
    "unit_guessed": _("“%(original)s” has no unit; it was read as ten thousand yuan."),
    "discount_guessed": _("“%(original)s” was read as a percentage."),
    "area_out_of_range": _("“%(original)s” is an unusual area."),
    "more_than_five_values": _("More than five values in one cell."),
    "filled_from_above": _("Part of a joined cell; the value of its first row was taken."),
    "optional_cell_refused": _("“%(original)s” has no usable result; the cell stays empty."),
    "account_number_damaged": _("The sheet has turned the account into a number; it stays empty."),
}

SKIPS = {
    "total": _("Sum"),
    "signature": _("Signature line"),
    "note": _("Note"),
    "repeated_heading": _("Heading printed again"),
    "ignored_by_rule": _("Left out by the rule of this list"),
}

SHEET_REASONS = {
    "hidden": _("A hidden sheet is used only when you choose it."),
    "no_table": _("No table with known headings."),
    "missing_columns": _("A required column is missing."),
    "not_chosen": _("Not chosen."),
    "lines": _("Lines of the records; an import reads the records alone."),
}

COLUMN_NOTES = {
    "blank_heading_not_mapped": _("The heading is blank; the column is not used."),
    "repeated_heading_not_mapped": _("The heading occurs twice; the first column is used."),
    "field_already_mapped": _("Another column gives this field already."),
    "ignored_live_control_decides": _("Not taken over: unit control alone decides the sales state."),
}


def file_message(reason: str, params: Mapping[str, Any]) -> str:
    """The sentence for a file that was refused whole."""
    shown = {key: "、".join(map(str, v)) if isinstance(v, list) else v for key, v in params.items()}
    return FILE_REASONS[reason] % shown


def problem_message(problem, row, label: str = "") -> str:
    """The sentence for a `Problem` of a `ReadRow`, with place and original text; `label` names the field."""
    sentences = REFUSALS if problem.code in REFUSALS else WARNINGS
    original = row.original().get(problem.column.letters, "") if problem.column else ""
    sentence = sentences[problem.code] % {"original": original, "field": label or problem.field, **problem.params}
    if problem.column is None:
        return gettext("%(sheet)s, row %(row)s: %(sentence)s") % {
            "sheet": row.sheet,
            "row": row.row,
            "sentence": sentence,
        }
    return gettext("%(sheet)s, %(cell)s (%(heading)s): %(sentence)s") % {
        "sheet": row.sheet,
        "cell": f"{problem.column.letters}{row.row}",
        "heading": problem.column.heading,
        "sentence": sentence,
    }
