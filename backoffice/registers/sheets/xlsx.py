"""Reads the parts of an xlsx workbook in one streaming pass over each sheet.

Measured on 100,000 rows × 14 columns: this pass 5 s, calamine 1.5 s. It is taken nevertheless because one pass
gives what the check needs and a table of values does not: formulas without a result, the marks of hidden rows and
joined cells, the difference between a number and a date, limits that hold while reading, and rows without values
for nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import posixpath
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree  # noqa: S405 - every part was searched for document types before
from xml.parsers import expat

from .cells import Cell, DateCell, ErrorCell, FormulaCell, column_index, moment_serial
from .containers import FileRefused, Package, forbid_document_type
from .marks import MAX_COLUMNS, Marks, Range, check_text

Emit = Callable[[int, list[Cell]], None]

_SILENT = frozenset({"v", "t", "f", "is", "r", "worksheet", "sheetData"})

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FORMAT_NOISE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
# Built-in formats of dates and times; 27-36 and 50-58 are those of East Asian versions.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def read_xlsx(package: Package, begin_sheet: Callable[[str, str], Emit], end_sheet: Callable[[Marks], None]) -> bool:
    """Streams every worksheet. Returns whether days count from 1904. Raises FileRefused("damaged_file")."""
    workbook_name = _main_part(package)
    relations = _relations(package, workbook_name)
    workbook = _tree(package, workbook_name)
    base_1904 = any(_local(node) == "workbookPr" and node.get("date1904", "0") in ("1", "true") for node in workbook)
    dates = _date_styles(package, relations)
    strings = _shared_strings(package, relations)
    for name, state, part in _worksheets(workbook, relations):
        marks = Marks()
        SheetPass(begin_sheet(name, state), strings, dates, marks).run(package.stream(part))
        _count_extras(package, part, marks)
        end_sheet(marks)
    return base_1904


def _local(node) -> str:
    return node.tag.rpartition("}")[2]


def _tree(package: Package, part: str):
    try:
        return ElementTree.fromstring(package.read(part))  # noqa: S314 - document types are refused before
    except (ElementTree.ParseError, ValueError) as error:
        raise FileRefused("damaged_file") from error


def _main_part(package: Package) -> str:
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument":
            return target
    raise FileRefused("not_a_spreadsheet")


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Id → (last word of the type, part name), outside targets left out: nothing outside is ever opened."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", name + ".rels")
    if listing not in package:
        return {}
    found = {}
    for node in _tree(package, listing):
        target = node.get("Target", "")
        if node.get("TargetMode") == "External":
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], path)
    return found


def _worksheets(workbook, relations) -> Iterator[tuple[str, str, str]]:
    for sheets in workbook:
        if _local(sheets) != "sheets":
            continue
        for sheet in sheets:
            relation_id = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            kind, part = relations.get(relation_id, ("", ""))
            if kind == "worksheet":
                yield sheet.get("name", ""), sheet.get("state", "visible"), part


def _part_of(relations, kind: str) -> str | None:
    return next((part for found, part in relations.values() if found == kind), None)


def _date_styles(package: Package, relations) -> frozenset[str]:
    """The style numbers (as texts, as cells name them) whose format shows a day or a time."""
    part = _part_of(relations, "styles")
    if part is None or part not in package:
        return frozenset()
    custom, styles = {}, []
    for group in _tree(package, part):
        if _local(group) == "numFmts":
            custom = {node.get("numFmtId"): node.get("formatCode", "") for node in group}
        elif _local(group) == "cellXfs":
            styles = [node.get("numFmtId", "0") for node in group]
    return frozenset(str(i) for i, number in enumerate(styles) if _is_date_format(number, custom))


def _is_date_format(number: str, custom: dict[str, str]) -> bool:
    if number in custom:
        bare = _FORMAT_NOISE.sub("", custom[number].split(";")[0])
        return "General" not in bare and bool(re.search(r"[ymdhsYMDHS年月日]", bare))
    return number.isdigit() and int(number) in _DATE_FORMATS


def decode_escapes(text: str) -> str:
    """`_x000D_` and the like, as spreadsheets write signs that XML cannot hold. Halves of pairs stay as written."""
    if "_x" not in text:
        return text

    def sign(match):
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPE.sub(sign, text)


def _shared_strings(package: Package, relations) -> list[str]:
    part = _part_of(relations, "sharedStrings")
    if part is None or part not in package:
        return []
    strings: list[str] = []
    buffer: list[str] = []
    pieces: list[str] = []
    reading_sound = False

    def start(name, _attributes):
        nonlocal reading_sound
        if name == "rPh":  # how a text is pronounced is no part of it
            reading_sound = True
        elif name == "si":
            pieces.clear()
        buffer.clear()

    def end(name):
        nonlocal reading_sound
        if name == "t" and not reading_sound:
            pieces.append("".join(buffer))
        elif name == "rPh":
            reading_sound = False
        elif name == "si":
            strings.append(check_text(decode_escapes("".join(pieces))))

    _parse(package.stream(part), start, end, buffer.append)
    return strings


def _parse(chunks: Iterator[bytes], start, end, characters) -> None:
    """Runs the handlers over a part; names reach them without their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = forbid_document_type
    parser.CharacterDataHandler = characters

    def root(name, attributes):
        # Nearly all writers use no prefix, and cutting one off every name would take a fifth of the time.
        parser.StartElementHandler, parser.EndElementHandler = start, end
        if ":" in name:
            parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
            parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
        parser.StartElementHandler(name.rpartition(":")[2], attributes)

    parser.StartElementHandler = root
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefused("damaged_file") from error


def _count_extras(package: Package, part: str, marks: Marks) -> None:
    for kind, target in _relations(package, part).values():
        if target not in package:
            continue
        if kind == "comments":
            marks.comments += sum(1 for node in _tree(package, target).iter() if _local(node) == "comment")
        elif kind == "drawing":
            marks.pictures += sum(1 for node in _tree(package, target).iter() if _local(node) == "pic")


class SheetPass:
    """One pass over a worksheet: gives rows with values to `emit`, everything else to `marks`."""

    def __init__(self, emit: Emit, strings: list[str], dates: frozenset[str], marks: Marks):
        self.emit, self.strings, self.dates, self.marks = emit, strings, dates, marks
        self.row_number = 0
        self.row_hidden = False
        self.column = -1
        self.cells: list[Cell] = []
        self.columns: dict[str, int] = {}

    def run(self, chunks: Iterator[bytes]) -> None:
        """Raises FileRefused: damaged_file, cell_too_long, too_many_columns, and what `emit` raises."""
        buffer: list[str] = []
        reference = kind = style = value = formula = inline = None
        reading_sound = False

        def start(name, attributes):
            nonlocal reference, kind, style, value, formula, inline, reading_sound
            if name == "c":
                reference, kind, style = attributes.get("r"), attributes.get("t"), attributes.get("s")
                value = formula = inline = None
            elif name == "row":
                self._begin_row(attributes)
            elif name == "rPh":
                reading_sound = True
            elif name not in _SILENT:
                self._mark(name, attributes)
            # What stands between elements is no text; clearing here leaves only what follows this start.
            if buffer:
                buffer.clear()

        def end(name):
            nonlocal value, formula, inline, reading_sound
            if name == "v":
                value = "".join(buffer)
            elif name == "c":
                self._place(reference)
                if value is not None or formula is not None or inline is not None:
                    self._put(self._cell(kind, style, value, formula, inline))
            elif name == "t":
                if not reading_sound:
                    inline = (inline or "") + "".join(buffer)
            elif name == "row":
                self._end_row()
            elif name == "f":
                formula = "".join(buffer)
            elif name == "rPh":
                reading_sound = False

        _parse(chunks, start, end, buffer.append)

    def _begin_row(self, attributes) -> None:
        given = attributes.get("r")
        try:
            number = int(given) if given else self.row_number + 1
        except ValueError as error:
            raise FileRefused("damaged_file") from error
        if number <= self.row_number:
            raise FileRefused("damaged_file")
        self.row_number, self.column, self.cells = number, -1, []
        self.row_hidden = attributes.get("hidden") in ("1", "true")

    def _end_row(self) -> None:
        if self.cells:
            if self.row_hidden:
                self.marks.hidden_rows.add(self.row_number)
            self.emit(self.row_number, self.cells)

    def _place(self, reference: str | None) -> None:
        if not reference:
            self.column += 1
            return
        letters = reference.rstrip("0123456789")
        column = self.columns.get(letters)
        if column is None:
            try:
                column = self.columns[letters] = column_index(letters)
            except ValueError as error:
                raise FileRefused("damaged_file") from error
        self.column = column

    def _put(self, cell: Cell) -> None:
        if cell is None:
            return
        column, cells = self.column, self.cells
        if column >= MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        if column < len(cells):
            raise FileRefused("damaged_file")
        if column > len(cells):
            cells.extend([None] * (column - len(cells)))
        cells.append(cell)

    def _cell(self, kind, style, value, formula, inline) -> Cell:
        if kind == "inlineStr":
            return check_text(decode_escapes(inline or "")) or None
        if not value:
            # An empty result that is a text was stored as such (=IF(A1="","",…)); a missing one was not.
            return None if formula is None or (kind == "str" and value is not None) else FormulaCell(formula)
        try:
            if kind is None or kind == "n":
                return self._number(value, style)
            if kind == "s":
                return self.strings[int(value)] or None
            if kind == "d":
                return _iso_date(value)
        except (ValueError, IndexError, OverflowError) as error:
            raise FileRefused("damaged_file") from error
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "e":
            return ErrorCell(value)
        return check_text(decode_escapes(value))

    def _number(self, value: str, style: str | None) -> Cell:
        if style in self.dates:
            number = float(value)
            return DateCell(number) if math.isfinite(number) else ErrorCell("#NUM!")
        if value.isascii() and value.isdigit():
            return int(value)
        number = float(value)
        return number if math.isfinite(number) else ErrorCell("#NUM!")

    def _mark(self, name: str, attributes) -> None:
        if name == "mergeCell":
            self.marks.merged.append(parse_range(attributes.get("ref", "")))
        elif name == "autoFilter":
            self.marks.filtered = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.marks.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))


def _iso_date(text: str) -> Cell:
    if "-" not in text:
        clock = dt.time.fromisoformat(text.rstrip("Z"))
        return DateCell((clock.hour * 3600 + clock.minute * 60 + clock.second) / 86400)
    return DateCell(moment_serial(dt.datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=None)))


def parse_range(reference: str) -> Range:
    """`B2:D5` → Range(2, 1, 5, 3). Raises FileRefused("damaged_file")."""
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?", reference)
    if not match:
        raise FileRefused("damaged_file")
    left, top, right, bottom = match.groups()
    return Range(int(top), column_index(left), int(bottom or top), column_index(right or left))
