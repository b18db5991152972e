"""Which files may hang on records: the one place that decides.

A file is what its content says; its name only tells what to call it. Pictures, PDF and office documents are taken;
whatever could run on somebody's computer, or hides what is in it, is not: programs, archives, web pages, SVG,
macros, embedded objects, password protection.
"""

import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _
from PIL import Image
from pillow_heif import register_heif_opener

from ..sheets.containers import FileRefused
from ..sheets.xls import CompoundFile

register_heif_opener()

# Limits that keep one upload from filling memory or disk; a scan of a long contract has about 10 MB.
MAX_BYTES = 20 * 1024 * 1024
MAX_AT_ONCE = 20
MAX_OF_RECORD = 500
# A picture unpacks to three bytes a pixel; telephones take up to 50 million of them.
MAX_PIXELS = 60_000_000
MAX_PARTS = 5_000
MAX_NAME = 150


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken. The first of `suffixes` is given to files that are named otherwise."""

    code: str
    content_type: str
    suffixes: tuple
    label: str
    icon: str = "doc-full"

    @property
    def picture(self):
        return self.content_type.startswith("image/")


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.code: kind
    for kind in (
        Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"), _("picture"), "image"),
        Kind("png", "image/png", (".png",), _("picture"), "image"),
        Kind("webp", "image/webp", (".webp",), _("picture"), "image"),
        Kind("gif", "image/gif", (".gif",), _("picture"), "image"),
        Kind("heif", "image/heif", (".heic", ".heif"), _("picture"), "image"),
        Kind("pdf", "application/pdf", (".pdf",), "PDF"),
        Kind("docx", f"{_OFFICE}wordprocessingml.document", (".docx",), "Word"),
        Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), "Excel"),
        Kind("pptx", f"{_OFFICE}presentationml.presentation", (".pptx",), "PowerPoint"),
        Kind("doc", "application/msword", (".doc", ".wps"), "Word"),
        Kind("xls", "application/vnd.ms-excel", (".xls", ".et"), "Excel"),
        Kind("ppt", "application/vnd.ms-powerpoint", (".ppt", ".dps"), "PowerPoint"),
        Kind("ofd", "application/ofd", (".ofd",), "OFD"),
    )
}
# What a browser offers to choose from; telephones take `image/*` for their album.
ACCEPTED = ",".join(["image/*", *(suffix for kind in KINDS.values() for suffix in kind.suffixes)])

EMPTY = _("The file is empty.")
TOO_LARGE = _("The file is larger than %(limit)s MB.")
UNKNOWN = _("Only pictures, PDF and office documents can be attached.")
DAMAGED = _("The file is damaged and cannot be read.")
PROTECTED = _("The file is protected by a password. Please remove the protection first.")
ACTIVE = _("The file contains macros or other active content.")
TOO_MANY_PIXELS = _("The picture has more than %(limit)s million pixels.")


class NotAllowed(Exception):
    """The file may not be attached; the message is a sentence for whoever sent it."""


def judge(file):
    """The Kind of an open, seekable binary file. Raises NotAllowed."""
    data = _read(file)
    if data.startswith(b"PK\x03\x04"):
        return KINDS[_package(data)]
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return KINDS[_compound(data)]
    if data.startswith(b"%PDF-"):
        return KINDS[_pdf(data)]
    return KINDS[_picture(data)]


def _read(file):
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    file.seek(0)
    if not data:
        raise NotAllowed(EMPTY)
    if len(data) > MAX_BYTES:
        raise NotAllowed(TOO_LARGE % {"limit": MAX_BYTES // 1024 // 1024})
    return data


def _picture(data):
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "GIF", "HEIF"]) as picture:
            code = picture.format.lower()
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAllowed(TOO_MANY_PIXELS % {"limit": MAX_PIXELS // 1_000_000})
            picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAllowed(TOO_MANY_PIXELS % {"limit": MAX_PIXELS // 1_000_000}) from error
    except Image.UnidentifiedImageError as error:
        raise NotAllowed(UNKNOWN) from error
    except NotAllowed:
        raise
    except Exception as error:  # decoders of broken pictures raise whatever they meet
        raise NotAllowed(DAMAGED) from error
    return code


_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)\b")


def _pdf(data):
    """Names may be written with #xx for any sign, which is undone before looking."""
    if b"%%EOF" not in data[-2048:]:
        raise NotAllowed(DAMAGED)
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), data)
    if _ACTIVE_PDF.search(plain):
        raise NotAllowed(ACTIVE)
    return "pdf"


_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_ACTIVE_PARTS = re.compile(r"vbaproject\.bin$|/macrosheets/|/activex/|/embeddings/[^/]*\.(?:bin|exe|dll|js|vbs|bat)$")


def _package(data):
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except Exception as error:  # broken archives raise whatever they meet
        raise NotAllowed(DAMAGED) from error
    if len(members) > MAX_PARTS:
        raise NotAllowed(UNKNOWN)
    if any(member.flag_bits & 1 for member in members):
        raise NotAllowed(PROTECTED)
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if "ofd.xml" in names:
        return "ofd"
    kind = next((code for part, code in _MAIN_PARTS.items() if part in names), None)
    if kind is None or "[content_types].xml" not in names:
        raise NotAllowed(UNKNOWN)
    if any(_ACTIVE_PARTS.search(name) for name in names) or _names_outside(archive, members):
        raise NotAllowed(ACTIVE)
    return kind


def _names_outside(archive, members):
    """Whether the parts are declared to hold macros, or a template is fetched from elsewhere when it is opened."""
    for member in members:
        name = member.filename.lower()
        if name != "[content_types].xml" and not name.endswith("settings.xml.rels"):
            continue
        try:
            with archive.open(member) as part:
                text = part.read(1 << 20)
        except Exception as error:  # as above
            raise NotAllowed(DAMAGED) from error
        if b"macroEnabled" in text or (b"attachedTemplate" in text and b"External" in text):
            return True
    return False


_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_ACTIVE_STREAMS = {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros", "\x01Ole10Native"}
_BOUNDSHEET, _FILEPASS = 0x85, 0x2F


def _compound(data):
    """An office file of the old form. Source: [MS-CFB] 2.6, [MS-XLS] 2.4.28."""
    try:
        streams = CompoundFile(data)
        names = streams.names()
        if {"EncryptedPackage", "EncryptionInfo"} & names:
            raise NotAllowed(PROTECTED)
        name = next((name for name in _STREAMS if name in names), None)
        if name is None:
            raise NotAllowed(UNKNOWN)
        if _ACTIVE_STREAMS & names or (_STREAMS[name] == "xls" and _has_macro_sheet(streams.read(name))):
            raise NotAllowed(ACTIVE)
    except FileRefused as refused:
        raise NotAllowed(DAMAGED) from refused
    return _STREAMS[name]


def _has_macro_sheet(records):
    """Whether a sheet of an old workbook is one of macros. Raises NotAllowed when the workbook is encrypted."""
    position = 0
    while position + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, position)
        body = records[position + 4 : position + 4 + length]
        if kind == _FILEPASS:
            raise NotAllowed(PROTECTED)
        if kind == _BOUNDSHEET and len(body) > 5 and body[5] == 1:
            return True
        position += 4 + length
    return False


def tidy_name(name, kind):
    """What the file is called: no folders, no signs that hide what stands behind them, the suffix of its content."""
    name = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, dot, suffix = name.rpartition(".")
    suffix = f".{suffix.lower()}" if dot else ""
    if suffix not in kind.suffixes:
        stem, suffix = name, kind.suffixes[0]
    return f"{(stem or str(kind.label))[:MAX_NAME]}{suffix}"
