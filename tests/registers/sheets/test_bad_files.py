"""Bad containers, sheets and texts each give one verdict, quickly and within the memory of a child process."""

import io
import resource
import struct
import warnings
import zipfile

import pytest

from backoffice.registers.sheets import isolated
from backoffice.registers.sheets.containers import FileRefused
from backoffice.registers.sheets.messages import FILE_REASONS, file_message
from backoffice.registers.sheets.reading import read_file
from backoffice.registers.sheets.workbook import read_workbook

from .books import DATA, HEADINGS, MAIN, SHEET, TYPES, book, inline_row, pack, parts
from .corpus import CUSTOMER, FOLDER, KNOWN

GOOD = pack(parts())


def reason(data: bytes) -> str | None:
    return read_file(data, CUSTOMER, KNOWN).reason


def doctype(body: str) -> str:
    return SHEET.format(DATA).replace("?>", "?>" + body, 1)


def zip_with(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, body in members:
            archive.writestr(name, body)
    return stream.getvalue()


def encrypted_flag(data: bytes) -> bytes:
    data = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        data[position + offset] |= 1
    return bytes(data)


def lying_size(data: bytes) -> bytes:
    """The directory claims ten bytes for a part that is longer."""
    data = bytearray(data)
    position = data.rfind(b"PK\x01\x02")
    data[position + 24 : position + 28] = struct.pack("<I", 10)
    return bytes(data)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
CELL = '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>'
BAD = {
    "empty": (b"", "empty_file"),
    "one byte": (b"x", "no_heading_row"),
    "text": ("今天天气好".encode(), "no_heading_row"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_spreadsheet"),
    "pdf": (b"%PDF-1.7\n" + bytes(range(256)), "not_a_spreadsheet"),
    "binary": (bytes(range(256)) * 10, "not_a_spreadsheet"),
    "too large": (b"a" * (20 * 1024 * 1024 + 1), "too_large"),
    "zip without content": (zip_with(("a.txt", b"x")), "not_a_spreadsheet"),
    "text document": (
        zip_with(("[Content_Types].xml", TYPES.encode()), ("word/document.xml", b"<a/>")),
        "not_a_spreadsheet",
    ),
    "open document": (
        zip_with(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        "unsupported_format",
    ),
    "binary workbook": (pack(parts(add={"xl/workbook.bin": b"x"})), "unsupported_format"),
    "xml spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "unsupported_format",
    ),
    "macro": (pack(parts(add={"xl/vbaProject.bin": b"x"})), "contains_macros"),
    "old macro sheet": (pack(parts(add={"xl/macrosheets/sheet1.xml": "<a/>"})), "contains_macros"),
    "truncated": (GOOD[: len(GOOD) // 2], "damaged_file"),
    "wrong checksum": (GOOD.replace(b"PK\x01\x02", b"PK\x01\x02", 1)[:60] + b"\xff" + GOOD[61:], "damaged_file"),
    "encrypted member": (encrypted_flag(GOOD), "encrypted"),
    "lying size": (lying_size(GOOD), "damaged_file"),
    "too many members": (pack(parts(add={f"xl/x{i}.txt": b"" for i in range(200)})), "too_many_parts"),
    "name outside": (pack(parts(add={"../evil.xml": "<a/>"})), "damaged_file"),
    "name twice": (zip_with(*[(n, b) for n, b in parts().items()], ("xl/workbook.xml", b"<a/>")), "damaged_file"),
    "no list of parts": (pack(parts(drop=["[Content_Types].xml"])), "not_a_spreadsheet"),
    "sheet part absent": (pack(parts(drop=["xl/worksheets/sheet1.xml"])), "damaged_file"),
    "broken xml": (pack(parts(SHEET.format("<sheetData><row>"))), "damaged_file"),
    "document type": (pack(parts(doctype(LAUGHS))), "external_entities"),
    "document type in UTF-16": (
        pack(parts(doctype(LAUGHS).replace("UTF-8", "UTF-16").encode("utf-16"))),
        "external_entities",
    ),
    "document type behind a comment": (
        pack(parts(doctype("<!--" + "x" * 200_000 + "-->" + LAUGHS))),
        "external_entities",
    ),
    "document type in any part": (pack(parts(add={"docProps/app.xml": LAUGHS + "<a/>"})), "external_entities"),
    "bomb of one text": (pack(parts(SHEET.format(CELL.format("a" * 60_000_000)))), "too_large_uncompressed"),
    "long cell": (
        pack(parts(SHEET.format(f'<sheetData><row r="1">{CELL.format("长" * 32_768)}</row></sheetData>'))),
        "cell_too_long",
    ),
    "wide sheet": (book([range(201)], headings=None), "too_many_columns"),
    "rows out of order": (
        pack(parts(SHEET.format("<sheetData>" + inline_row(2, HEADINGS) + inline_row(1, HEADINGS) + "</sheetData>"))),
        "damaged_file",
    ),
    "no sheets": (
        pack(parts(add={"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'})),
        "no_heading_row",
    ),
    "no known heading": (book([("a", "b")], headings=("甲", "乙")), "no_heading_row"),
    "no telephone column": (book([("张三", "一")], headings=("客户姓名", "备注")), "missing_columns"),
    "unclosed quote": ('客户姓名,联系电话\n"张三,19900000001\n李四,19900000002\n'.encode(), "unclosed_quote"),
    "long csv field": (f"客户姓名,联系电话\n{'长' * 40_000},1\n".encode(), "cell_too_long"),
    "mixed encodings": (
        "客户姓名,联系电话\n张三".encode() + "李四,1".encode("gbk") + b"\xff\xff\n",
        "unknown_encoding",
    ),
    "web page without a table": (b"<html><body>x</body></html>", "not_a_spreadsheet"),
    "compound file cut off": ((FOLDER / "物料领用台账.xls").read_bytes()[:2000], "damaged_file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gives_its_reason(name):
    data, expected = BAD[name]
    assert reason(data) == expected


def test_every_reason_has_a_sentence():
    for data, code in BAD.values():
        refused = read_file(data, CUSTOMER, KNOWN)
        assert "%(" not in file_message(code, refused.params)
        assert code in FILE_REASONS


def test_nothing_is_raised_but_refusals():
    with pytest.raises(FileRefused, match="empty_file"):
        read_workbook(b"")


def test_a_reader_that_dies_is_a_refused_file(monkeypatch):
    monkeypatch.setattr(isolated.sys, "executable", "/bin/false")
    assert reason(GOOD) == "damaged_file"


def test_a_reader_that_swells_is_killed_by_its_limit():
    """Five million shared texts within every size limit still may not take more than a gigabyte."""
    # In portions: a child counts what its parent held when it was started.
    texts = ("".join(f"<si><t>{i:x}</t></si>" for i in range(n, n + 50_000)) for n in range(0, 5_000_000, 50_000))
    strings = f'<sst xmlns="{MAIN}">' + "".join(texts) + "</sst>"
    relations = parts()["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    data = pack(parts(add={"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": relations}))
    assert reason(data) in (None, "too_large_uncompressed")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1024 * 1024


GOOD_VARIANTS = {
    "dimension of one cell": parts(SHEET.format('<dimension ref="A1"/>' + DATA)),
    "dimension of everything": parts(SHEET.format('<dimension ref="A1:XFD1048576"/>' + DATA)),
    "ghost last row": parts(
        SHEET.format(DATA.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'))
    ),
    "cells without places": parts(
        SHEET.format(DATA.replace(' r="A1"', "").replace(' r="B1"', "").replace(' r="C1"', ""))
    ),
    "prefixed names": parts(
        SHEET.format(DATA)
        .replace("<worksheet xmlns", "<x:worksheet xmlns:x")
        .replace("</", "</x:")
        .replace("<sheetData", "<x:sheetData")
        .replace("<row", "<x:row")
        .replace("<c ", "<x:c ")
        .replace("<is>", "<x:is>")
        .replace("<t>", "<x:t>")
    ),
    "UTF-16": parts(SHEET.format(DATA).replace("UTF-8", "UTF-16").encode("utf-16")),
    "capital part names": {k.replace("sheet1", "Sheet1"): v for k, v in parts().items()},
    "absolute targets": parts(
        add={
            "xl/_rels/workbook.xml.rels": parts()["xl/_rels/workbook.xml.rels"].replace(
                '"worksheets', '"/xl/worksheets'
            )
        }
    ),
    "outside link part": parts(add={"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
    "laid out in lines": parts(SHEET.format(DATA).replace("><", ">\n  <")),
}


@pytest.mark.parametrize("name", GOOD_VARIANTS)
def test_unusual_but_right_workbooks_are_read(name):
    reading = read_file(pack(GOOD_VARIANTS[name]), CUSTOMER, KNOWN)
    assert reading.reason is None
    assert [row.values["phone"] for row in reading.rows] == ["19900000001"]


CSV = "客户姓名,联系电话,备注\n张三,19900000001,好\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CSV.encode(), "csv-utf8"),
        (CSV.encode("utf-8-sig"), "csv-utf8-bom"),
        (CSV.encode("gb18030"), "csv-gb18030"),
        (CSV.encode("utf-16"), "csv-utf16"),
        (CSV.encode("utf-16-le"), "csv-utf16"),
        (CSV.encode("utf-16-be"), "csv-utf16"),
        (CSV.replace(",", ";").encode(), "csv-utf8"),
        (CSV.replace(",", "|").encode(), "csv-utf8"),
        (CSV.replace(",", "\t").encode(), "csv-utf8-tab"),
        (CSV.replace("\n", "\r\n").encode(), "csv-utf8"),
        (CSV.replace("\n", "\r").encode(), "csv-utf8"),
        (b"sep=;\n" + CSV.replace(",", ";").encode(), "csv-utf8"),
        (CSV.replace("好", '他说"好"').encode(), "csv-utf8"),
        (CSV.replace("好", "好,多余,的").encode(), "csv-utf8"),
        (CSV.encode() + b"\x1a", "csv-utf8"),
    ],
)
def test_text_in_any_dress_is_read(data, encoding):
    reading = read_file(data, CUSTOMER, KNOWN)
    assert reading.reason is None
    assert reading.format == encoding
    assert [(row.values["name"], row.values["phone"]) for row in reading.rows] == [("张三", "19900000001")]


def test_million_formatted_rows_are_cut_quickly():
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    reading = read_file(FOLDER / "空行_百万.xlsx", CUSTOMER, KNOWN)
    assert reading.counts()["data_rows"] == 20
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10
