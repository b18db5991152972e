"""Reads old binary workbooks: values through calamine, marks from the records themselves.

The container (a small file system of its own) is read here because it tells what calamine does not: a password,
macros, the 1904 base, hidden rows and columns, a filter, comments. Sources: [MS-CFB] 2.2-2.6, [MS-XLS] 2.4.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator

import python_calamine

from .cells import ERROR_CODES, Cell, DateCell, ErrorCell, moment_serial
from .containers import MAX_UNPACKED_BYTES, FileRefused
from .marks import MAX_COLUMNS, Marks, Range, check_text

_FREE = 0xFFFFFFFA  # this number and all above end or leave a chain
_EOF, _BOUNDSHEET, _FILEPASS, _DATEMODE = 0x0A, 0x85, 0x2F, 0x22
_ROW, _COLINFO, _FILTERMODE, _NOTE = 0x208, 0x7D, 0x9B, 0x1C


def read_xls(data: bytes, begin_sheet, end_sheet) -> bool:
    """Streams every worksheet. Returns whether days count from 1904.

    Raises FileRefused: encrypted, contains_macros, damaged_file, not_a_spreadsheet.
    """
    streams = CompoundFile(data)
    names = streams.names()
    if {"EncryptedPackage", "EncryptionInfo"} & names:
        raise FileRefused("encrypted")
    stream_name = next((name for name in ("Workbook", "Book") if name in names), None)
    if stream_name is None:
        raise FileRefused("not_a_spreadsheet")
    base_1904, marks = _records_marks(streams.read(stream_name))
    if {"_VBA_PROJECT_CUR", "_VBA_PROJECT"} & names:
        raise FileRefused("contains_macros")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as error:
        raise FileRefused("encrypted") from error
    except Exception as error:  # the reader has no common error class, and a broken file is all it can mean
        raise FileRefused("damaged_file") from error
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        state = {"Visible": "visible", "Hidden": "hidden"}.get(str(meta.visible).rpartition(".")[2], "veryHidden")
        emit = begin_sheet(meta.name, state)
        sheet = book.get_sheet_by_name(meta.name)
        found = marks.get(meta.name, Marks())
        found.merged = [
            Range(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
        _emit_rows(sheet, emit, found, base_1904)
        end_sheet(found)
    return base_1904


def _emit_rows(sheet, emit, marks: Marks, base_1904: bool) -> None:
    holding_values = set()
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        cells = [_cell(value, base_1904) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        if cells:
            holding_values.add(number)
            emit(number, cells)
    marks.hidden_rows &= holding_values


def _cell(value, base_1904: bool) -> Cell:
    if isinstance(value, str):
        if value in ERROR_CODES:
            return ErrorCell(value)
        return check_text(value) or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e17:
        return int(value)
    if isinstance(value, dt.timedelta):
        return DateCell(value.total_seconds() / 86400)
    if isinstance(value, dt.time):
        return DateCell((value.hour * 3600 + value.minute * 60 + value.second) / 86400)
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        # calamine has applied the base already; cells keep the number of the file.
        return DateCell(moment_serial(moment) - (1462 if base_1904 else 0))
    return value


class CompoundFile:
    """Streams of an OLE2 file by name. Raises FileRefused("damaged_file") for broken chains."""

    def __init__(self, data: bytes):
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise FileRefused("damaged_file") from error

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        first_directory = struct.unpack_from("<I", self._data, 48)[0]
        self._cutoff, first_mini_fat = struct.unpack_from("<II", self._data, 56)
        first_difat, difat_count = struct.unpack_from("<II", self._data, 68)
        fat_sectors = list(struct.unpack_from("<109I", self._data, 76))
        sector, seen = first_difat, 0
        while sector < _FREE and seen <= difat_count:
            *more, sector = struct.unpack(f"<{self._size // 4}I", self._sector(sector))
            fat_sectors += more
            seen += 1
        self._fat: list[int] = []
        for sector in fat_sectors:
            if sector < _FREE:
                self._fat += struct.unpack(f"<{self._size // 4}I", self._sector(sector))
        self._entries = self._directory(self._chain(first_directory))
        mini_fat = self._chain(first_mini_fat) if first_mini_fat < _FREE else b""
        self._mini_fat = struct.unpack(f"<{len(mini_fat) // 4}I", mini_fat)
        root = next(iter(self._entries.values()))
        self._mini = self._chain(root[0]) if root[0] < _FREE else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        piece = self._data[start : start + self._size]
        if not piece:
            raise ValueError("sector outside the file")
        return piece.ljust(self._size, b"\0")

    def _chain(self, sector: int) -> bytes:
        pieces = []
        while sector < _FREE:
            if len(pieces) > len(self._fat):
                raise ValueError("endless chain")
            pieces.append(self._sector(sector))
            sector = self._fat[sector]
        return b"".join(pieces)

    def _directory(self, data: bytes) -> dict[str, tuple[int, int]]:
        entries = {}
        for start in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, start + 64)[0]
            if data[start + 66] and 2 <= length <= 64:
                name = data[start : start + length - 2].decode("utf-16-le", "replace")
                entries.setdefault(name, struct.unpack_from("<II", data, start + 116))
        if not entries:
            raise ValueError("no directory")
        return entries

    def names(self) -> set[str]:
        return set(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a stream. Raises FileRefused("damaged_file")."""
        start, size = self._entries[name]
        try:
            if size > MAX_UNPACKED_BYTES:
                raise ValueError("size")
            if size >= self._cutoff:
                return self._chain(start)[:size]
            pieces, sector = [], start
            while sector < _FREE:
                if len(pieces) > len(self._mini_fat):
                    raise ValueError("endless chain")
                pieces.append(self._mini[sector * self._mini_size : (sector + 1) * self._mini_size])
                sector = self._mini_fat[sector]
        except (struct.error, IndexError, ValueError) as error:
            raise FileRefused("damaged_file") from error
        return b"".join(pieces)[:size]


def _records(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, up to its end mark; a stream cut off ends early and calamine judges the rest."""
    position = start
    while position + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, position)
        yield kind, data[position + 4 : position + 4 + length]
        if kind == _EOF:
            return
        position += 4 + length


def _records_marks(data: bytes) -> tuple[bool, dict[str, Marks]]:
    """(1904 base, marks by sheet name). Raises FileRefused("encrypted")."""
    base_1904, sheets = False, {}
    for kind, body in _records(data, 0):
        if kind == _FILEPASS:
            raise FileRefused("encrypted")
        if kind == _DATEMODE and body[:1] == b"\x01":
            base_1904 = True
        elif kind == _BOUNDSHEET and len(body) >= 8:
            wide = body[7] & 1
            name = body[8:].decode("utf-16-le" if wide else "latin-1", "replace")[: body[6]]
            sheets[name] = _sheet_marks(data, struct.unpack_from("<I", body)[0])
    return base_1904, sheets


def _sheet_marks(data: bytes, start: int) -> Marks:
    marks = Marks()
    for kind, body in _records(data, start):
        if kind == _ROW and len(body) >= 16:
            if struct.unpack_from("<H", body, 12)[0] & 0x20:
                marks.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLINFO and len(body) >= 10:
            first, last = struct.unpack_from("<HH", body)
            if struct.unpack_from("<H", body, 8)[0] & 1:
                marks.hidden_columns.update(range(first, min(last + 1, MAX_COLUMNS)))
        elif kind == _FILTERMODE:
            marks.filtered = True
        elif kind == _NOTE:
            marks.comments += 1
    return marks
