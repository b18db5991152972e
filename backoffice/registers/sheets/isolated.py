"""Unpacks an untrusted file in a process of its own: a dead or swollen reader is a refused file, never a dead worker.

`unpack(file)` runs this module as a child with 1 GB of memory and 60 s of processor time. The child reads the
upload from its standard input (a real file) and writes frames of rows to its standard output (a real file, already
unlinked); the parent then reads them frame by frame, so that neither side ever holds a whole list.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import zlib
from pathlib import Path
from typing import BinaryIO

from . import containers
from .cells import Cell, DateCell, ErrorCell, FormulaCell
from .containers import FileRefused
from .marks import MAX_ROWS, Marks, Range

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 60
WALL_SECONDS = 90
FRAME_ROWS = 500

_SUCCESS, _REFUSED, _NO_MEMORY = 0, 7, 8
_log = logging.getLogger(__name__)


def unpack(file: BinaryIO) -> tuple[BinaryIO, dict]:
    """(file of frames, index). The index is {"format", "base_1904", "sheets": [{"name", "state", "marks", "frames"}]}
    where frames are the positions of pickled lists of (row number, cells). Raises FileRefused.
    """
    frames = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    try:
        with tempfile.TemporaryFile() as errors:
            code = _run_child(file, frames, errors)
            if code not in (_SUCCESS, _REFUSED):
                errors.seek(0)
                _log.warning(
                    "a file could not be read, code %s: %s", code, errors.read()[-2000:].decode("utf-8", "replace")
                )
                raise FileRefused("too_large_uncompressed" if _starved(code) else "damaged_file")
        frames.seek(-8, os.SEEK_END)
        frames.seek(int.from_bytes(frames.read(8), "big"))
        index = load_frame(frames)
        if code == _REFUSED:
            raise FileRefused(index["reason"], **index["params"])
    except BaseException:
        frames.close()
        raise
    return frames, index


def _run_child(file: BinaryIO, frames: BinaryIO, errors: BinaryIO) -> int:
    root = Path(__file__).resolve().parents[3]
    file.seek(0)
    child = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-m", __name__],
        stdin=file,
        stdout=frames,
        stderr=errors,
        cwd=root,
        # Nothing of the worker's environment, which holds secrets, is handed to a process that reads uploads.
        env={"PYTHONPATH": str(root), "PYTHONUTF8": "1", "PATH": os.defpath, "LANG": "C.UTF-8"},
        close_fds=True,
    )
    # Waiting with a time-out polls, which would cost a small file more time than reading it.
    watch = threading.Timer(WALL_SECONDS, child.kill)
    watch.start()
    try:
        return child.wait()
    finally:
        watch.cancel()


def _starved(code: int) -> bool:
    """Killed by the limits of time or memory; out of memory ends a native reader by SIGABRT."""
    return -code in (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU) or code == _NO_MEMORY


class _Frames(pickle.Unpickler):
    """Takes plain data and the few classes of cells, nothing else: the child has read an untrusted file."""

    _KNOWN = {cls.__name__: cls for cls in (DateCell, ErrorCell, FormulaCell, Marks, Range)}

    def find_class(self, module, name):
        if module.startswith(__package__) and name in self._KNOWN:
            return self._KNOWN[name]
        raise pickle.UnpicklingError(f"{module}.{name}")


def load_frame(file: BinaryIO):
    return _Frames(file).load()


class Book:
    """Written by the child: sheets of frames, then the index, then the position of the index in eight bytes."""

    def __init__(self, output: BinaryIO):
        self._output = output
        self._rows = 0
        self._sheets: list[dict] = []
        self._frame: list[tuple[int, list[Cell]]] = []
        self._texts: dict[str, str] = {}
        self._columns: set[int] = set()

    def begin_sheet(self, name: str, state: str):
        self._columns = set()
        self._sheets.append({"name": name, "state": state, "frames": [], "marks": None, "rows": 0})
        return self.add_row

    def add_row(self, number: int, cells: list[Cell]) -> None:
        self._rows += 1
        self._sheets[-1]["rows"] += 1
        if self._rows > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
        texts, columns = self._texts, self._columns
        for i, cell in enumerate(cells):
            if cell is not None:
                if i not in columns:
                    columns.add(i)
                # One object for equal texts: frames get smaller, and so does the memory of whoever reads them.
                if type(cell) is str and len(cell) < 20:
                    cells[i] = texts.setdefault(cell, cell)
        if len(texts) > 50_000:
            texts.clear()
        self._frame.append((number, cells))
        if len(self._frame) >= FRAME_ROWS:
            self._flush()

    def end_sheet(self, marks: Marks) -> None:
        marks.used_columns = self._columns
        self._sheets[-1]["marks"] = marks
        self._flush()

    def _flush(self) -> None:
        if self._frame:
            self._sheets[-1]["frames"].append(self._output.tell())
            pickle.dump(self._frame, self._output, protocol=5)
            self._frame = []

    def finish(self, index: dict) -> None:
        position = self._output.tell()
        pickle.dump(index, self._output, protocol=5)
        self._output.write(position.to_bytes(8, "big"))
        self._output.flush()

    @property
    def sheets(self) -> list[dict]:
        return self._sheets


def _read(file: BinaryIO, book: Book) -> tuple[str, bool]:
    kind = containers.sniff(file)
    if kind == containers.ZIP:
        from .xlsx import read_xlsx

        return "xlsx", read_xlsx(containers.Package(file), book.begin_sheet, book.end_sheet)
    if kind == containers.OLE:
        from .xls import read_xls

        return "xls", read_xls(file.read(), book.begin_sheet, book.end_sheet)
    from .texts import read_csv, read_html

    if kind == containers.HTML:
        read_html(file.read(), book.begin_sheet, book.end_sheet)
        return "html-xls", False
    marks = Marks()
    name = read_csv(file.read(), book.begin_sheet("csv", "visible"), marks)
    book.end_sheet(marks)
    return name, False


def main() -> int:
    """The child's side. 0 read, 7 refused with a reason, anything else is the parent's to explain."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Frames hold no cycles; looking for them would take a tenth of the time.
    gc.disable()
    output = os.fdopen(os.dup(1), "wb", buffering=1 << 18)
    book = Book(output)
    try:
        with os.fdopen(os.dup(0), "rb") as file:
            name, base_1904 = _read(file, book)
    except FileRefused as refused:
        book.finish({"reason": refused.reason, "params": refused.params})
        return _REFUSED
    except MemoryError:
        return _NO_MEMORY
    except (ValueError, LookupError, zlib.error, EOFError, OSError) as error:
        print(repr(error), file=sys.stderr)  # noqa: T201 - read by the parent
        return 1
    book.finish({"format": name, "base_1904": base_1904, "sheets": book.sheets})
    return _SUCCESS


if __name__ == "__main__":
    sys.exit(main())
