"""Reads lists that are text: comma- or tab-separated files, and web pages saved under the name of an old workbook."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from html.parser import HTMLParser

from .cells import Cell
from .containers import FileRefused
from .marks import MAX_COLUMNS, MAX_TEXT, Marks, Range, check_text
from .xlsx import Emit

DELIMITERS = ",\t;|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf8-bom"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.I)


def decode(data: bytes, encodings: tuple[str, ...] = ("utf-8", "gb18030")) -> tuple[str, str]:
    """(text, encoding): a mark decides, then strict UTF-8, then GB18030; UTF-16 without a mark by its zero bytes.

    Raises FileRefused: not_a_spreadsheet for binary data, unknown_encoding when no encoding fits.
    """
    for mark, codec, label in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], codec), label
    sample = data[:4096]
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) > len(sample) // 8 and min(zeros) < max(zeros) // 8:
        return _strict(data, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"), "utf16"
    if len(_CONTROL.findall(sample.decode("latin-1"))) > 2:
        raise FileRefused("not_a_spreadsheet")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return _no_control(text), encoding.replace("utf-8", "utf8")
    raise FileRefused("unknown_encoding")


def _strict(data: bytes, codec: str) -> str:
    try:
        return _no_control(data.decode(codec))
    except UnicodeDecodeError as error:
        raise FileRefused("unknown_encoding") from error


def _no_control(text: str) -> str:
    if len(_CONTROL.findall(text[:65536])) > 2:
        raise FileRefused("not_a_spreadsheet")
    return text.rstrip("\x1a")


def read_csv(data: bytes, emit: Emit, marks: Marks) -> str:
    """Streams the rows of a separated text; a row number is the number of the record. Returns the format's name.

    Raises FileRefused: unclosed_quote, cell_too_long, too_many_columns, unknown_encoding, not_a_spreadsheet.
    """
    text, encoding = decode(data)
    first_line, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\s*", first_line)
    skipped = 1 if told else 0
    body = rest if told else text
    delimiter = told[1] if told else find_delimiter(body)
    for number, record in enumerate(_records(body, delimiter), 1 + skipped):
        cells: list[Cell] = [text or None for text in record]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        if cells:
            emit(number, cells)
    return "csv-" + encoding + ("-tab" if delimiter == "\t" else "")


def find_delimiter(text: str) -> str:
    """The sign that cuts the most of the first fifty records into the same number of pieces."""
    sample = text[:20_000]
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = Counter()
        try:
            for _, record in zip(range(50), reader, strict=False):
                if len(record) > 1:
                    widths[len(record)] += 1
        except csv.Error:
            continue
        if widths:
            width, times = widths.most_common(1)[0]
            if times * (width - 1) > best_score:
                best, best_score = delimiter, times * (width - 1)
    return best


def _records(text: str, delimiter: str):
    csv.field_size_limit(MAX_TEXT)
    # A quote left open would swallow all rows behind it into one cell; only the strict reader tells.
    strict = True
    while True:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
            if strict:
                for _ in reader:
                    pass
                reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            yield from reader
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise FileRefused("cell_too_long", limit=MAX_TEXT) from error
            if "unexpected end" in str(error) or not strict:
                raise FileRefused("unclosed_quote") from error
            strict = False


def read_html(data: bytes, begin_sheet, end_sheet) -> None:
    """Streams every outermost table that has rows. Raises FileRefused like `read_csv`."""
    told = _CHARSET.search(data[:4096])
    encodings = ("utf-8", "gb18030")
    if told:
        encodings = (
            told[1].decode("ascii").lower().replace("gb2312", "gb18030").replace("gbk", "gb18030"),
            *encodings,
        )
    text, _ = decode(data, encodings)
    tables = _Tables(begin_sheet, end_sheet)
    tables.feed(text)
    tables.close()
    if not tables.count:
        raise FileRefused("not_a_spreadsheet")


class _Tables(HTMLParser):
    """Turns tables of a web page into sheets; joined cells become joined ranges."""

    def __init__(self, begin_sheet, end_sheet):
        super().__init__(convert_charrefs=True)
        self.begin_sheet, self.end_sheet = begin_sheet, end_sheet
        self.count = self.depth = self.row = 0
        self.emit: Emit | None = None
        self.marks = Marks()
        self.cells: list[Cell] = []
        self.pieces: list[str] | None = None
        self.span = (1, 1)
        self.hidden = False
        self.spanned: dict[int, set[int]] = {}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.count += 1
                self.row, self.marks, self.spanned = 0, Marks(), {}
                self.emit = self.begin_sheet(f"table {self.count}", "visible")
        elif self.depth != 1:
            return
        elif tag == "tr":
            self._end_row()
            self.row += 1
            self.hidden = "display:none" in (attributes.get("style") or "").replace(" ", "").lower()
        elif tag in ("td", "th"):
            self._end_cell()
            self.pieces = []
            self.span = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))
        elif tag == "br" and self.pieces is not None:
            self.pieces.append("\0")

    def handle_endtag(self, tag):
        if tag == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0:
                self._end_row()
                self.end_sheet(self.marks)
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self.depth == 1 and tag == "tr":
            self._end_row()

    def handle_data(self, data):
        if self.pieces is not None and self.depth == 1:
            self.pieces.append(data)

    def close(self):
        super().close()
        if self.depth:
            self.depth = 1
            self.handle_endtag("table")

    def _end_cell(self):
        if self.pieces is None:
            return
        taken = self.spanned.get(self.row, set())
        while len(self.cells) in taken:
            self.cells.append(None)
        left, (down, across) = len(self.cells), self.span
        if left + across > MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        text = re.sub(r"[ \t\r\n]+", " ", "".join(self.pieces)).replace("\0", "\n").strip(" ")
        self.cells.append(check_text(text) or None)
        self.cells.extend([None] * (across - 1))
        if down > 1 or across > 1:
            self.marks.merged.append(Range(self.row, left, self.row + down - 1, left + across - 1))
            for row in range(self.row + 1, self.row + down):
                self.spanned.setdefault(row, set()).update(range(left, left + across))
        self.pieces = None

    def _end_row(self):
        self._end_cell()
        self.spanned.pop(self.row, None)
        while self.cells and self.cells[-1] is None:
            self.cells.pop()
        if self.cells:
            if self.hidden:
                self.marks.hidden_rows.add(self.row)
            self.emit(self.row, self.cells)
        self.cells = []


def _span(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.isascii() and text.isdigit() else 1
