"""An opened upload: sheets of rows, read frame by frame from where the child process left them."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from . import containers, isolated
from .cells import Cell
from .marks import Marks


@dataclass
class Sheet:
    """One sheet. `state` is visible, hidden or veryHidden; `row_count` counts rows that hold a value."""

    name: str
    state: str
    marks: Marks
    row_count: int
    _frames: list[int]
    _file: BinaryIO

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """(row number from 1, cells from column A to the last with a value); rows without values are absent."""
        for position in self._frames:
            self._file.seek(position)
            yield from isolated.load_frame(self._file)


class Workbook:
    """Close it, or use it in a `with` block: its rows lie in a temporary file."""

    def __init__(self, frames: BinaryIO, index: dict):
        self._frames = frames
        self.format: str = index["format"]
        self.date1904: bool = index["base_1904"]
        self.sheets = [
            Sheet(s["name"], s["state"], s["marks"] or Marks(), s["rows"], s["frames"], frames)
            for s in index["sheets"]
        ]

    def close(self) -> None:
        self._frames.close()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_error) -> None:
        self.close()


def read_workbook(source: bytes | str | os.PathLike | BinaryIO) -> Workbook:
    """Opens an upload given as bytes, a path or a binary file. Raises FileRefused with a reason, nothing else."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        containers.check_size(len(source))
        return _from_file(_real_file(io.BytesIO(source)))
    if isinstance(source, (str, os.PathLike)):
        containers.check_size(Path(source).stat().st_size)
        return _from_file(open(source, "rb"))  # noqa: SIM115 - closed by _from_file
    return _from_file(_real_file(source))


def _real_file(source: BinaryIO) -> BinaryIO:
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _from_file
    size = 0
    source.seek(0)
    while chunk := source.read(1 << 20):
        size += len(chunk)
        containers.check_size(size)
        copy.write(chunk)
    containers.check_size(size)
    copy.flush()
    return copy


def _from_file(file: BinaryIO) -> Workbook:
    with file:
        return Workbook(*isolated.unpack(file))
