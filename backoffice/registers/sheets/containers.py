"""What an uploaded file really is, and whether it may be opened at all.

Nothing here trusts the name of a file or the sizes its directory claims: the kind is told by content, sizes
are checked in the directory first and counted again while unpacking. Source: reliability.md 1.4 step 1 and 2.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 200
# A sheet formatted to its last row grows 17 to 27 times, bombs a thousand times; small parts may be any shape.
MAX_RATIO = 100
RATIO_FREE_BYTES = 10 * 1024 * 1024

ZIP, OLE, HTML, TEXT = "zip", "ole", "html", "text"

_CHUNK = 1 << 16
_OTHER_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BM",
    b"{\\rtf",
    b"MZ",
    b"\x7fELF",
)
_XML_SUFFIXES = (".xml", ".rels", ".vml")


class FileRefused(Exception):
    """The file is refused whole. `reason` is a code of `messages.FILE_REASONS`, `params` fill its sentence."""

    def __init__(self, reason: str, **params):
        super().__init__(reason)
        self.reason = reason
        self.params = params


def check_size(size: int) -> None:
    """Raises FileRefused for an empty file and for one above 20 MB."""
    if size == 0:
        raise FileRefused("empty_file")
    if size > MAX_FILE_BYTES:
        raise FileRefused("too_large", limit=MAX_FILE_BYTES // 1024 // 1024)


def sniff(file: BinaryIO) -> str:
    """One of ZIP, OLE, HTML, TEXT. Raises FileRefused when the first bytes are of something else."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return OLE
    # "BM" is also how a text may begin; a bitmap has zero bytes right behind it.
    if head.startswith(_OTHER_MAGIC) and (not head.startswith((b"BM", b"MZ")) or b"\0" in head[:64]):
        raise FileRefused("not_a_spreadsheet")
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style")):
        return HTML
    if text.startswith((b"<?xml", b"mime-version")):
        if b"<html" in text or b"<table" in text:
            return HTML
        raise FileRefused("unsupported_format" if b"spreadsheet" in text or b"mime" in text else "not_a_spreadsheet")
    return TEXT


class Package:
    """The parts of an xlsx file, opened only after every guard has passed.

    Raises FileRefused: damaged_file, encrypted, contains_macros, too_large_uncompressed, external_entities,
    unsupported_format, not_a_spreadsheet.
    """

    def __init__(self, file: BinaryIO):
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
            raise FileRefused("damaged_file") from error
        self._unpacked = 0
        members = self._zip.infolist()
        self._check_directory(members)
        self._members = {member.filename: member for member in members}
        # Some writers change the case of part names between the list of parts and the archive.
        self._folded = {name.lower(): name for name in self._members}
        self._check_kind()
        for name in self._members:
            if name.lower().endswith(_XML_SUFFIXES):
                refuse_document_type(self.stream(name))

    def _check_directory(self, members: list[zipfile.ZipInfo]) -> None:
        if len(members) > MAX_MEMBERS:
            raise FileRefused("too_many_parts", limit=MAX_MEMBERS)
        names = [member.filename for member in members]
        if len(set(names)) != len(names) or any(_leaves_archive(name) for name in names):
            raise FileRefused("damaged_file")
        if any(member.flag_bits & 1 for member in members):
            raise FileRefused("encrypted")
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise FileRefused("too_large_uncompressed", limit=MAX_UNPACKED_BYTES // 1024 // 1024)
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise FileRefused("damaged_file")
            _check_ratio(member.file_size, member.compress_size)

    def _check_kind(self) -> None:
        names = self._folded
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
            raise FileRefused("contains_macros")
        if any(name.endswith("workbook.bin") for name in names) or "mimetype" in names:
            raise FileRefused("unsupported_format")
        if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise FileRefused("not_a_spreadsheet")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._folded

    def names(self) -> list[str]:
        return list(self._members)

    def read(self, name: str) -> bytes:
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, counted. Raises FileRefused: part absent, broken, or growing too much."""
        try:
            member = self._members[self._folded[name.lower()]]
        except KeyError as error:
            raise FileRefused("damaged_file") from error
        produced = 0
        try:
            with self._zip.open(member) as part:
                while chunk := part.read(_CHUNK):
                    produced += len(chunk)
                    self._unpacked += len(chunk)
                    if self._unpacked > MAX_UNPACKED_BYTES + MAX_MEMBERS * _CHUNK:
                        raise FileRefused("too_large_uncompressed", limit=MAX_UNPACKED_BYTES // 1024 // 1024)
                    _check_ratio(produced, member.compress_size)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise FileRefused("damaged_file") from error


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise FileRefused("too_large_uncompressed", limit=MAX_UNPACKED_BYTES // 1024 // 1024)


def _leaves_archive(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


class _PrologRead(Exception):
    """The first element was reached: nothing behind it can be a document type."""


def refuse_document_type(chunks: Iterator[bytes]) -> None:
    """Raises FileRefused for a document type declaration; reads no further than the first element.

    Documents of this format never carry one, and it is how outside files and exploding entities get in.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = forbid_document_type
    parser.StartElementHandler = _stop_at_element
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except _PrologRead:
        return
    except expat.ExpatError as error:
        raise FileRefused("damaged_file") from error


def forbid_document_type(*_declaration) -> None:
    raise FileRefused("external_entities")


def _stop_at_element(*_element) -> None:
    raise _PrologRead
