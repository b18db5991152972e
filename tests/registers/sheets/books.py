"""Builds small workbooks for tests, good and bad, without a spreadsheet program."""

import io
import zipfile
from xml.sax.saxutils import escape

from openpyxl import Workbook

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_REL = '<Relationship Id="{}" Type="' + _OFFICE + '/{}" Target="{}"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + MAIN + '">{}</worksheet>'
HEADINGS = ("客户姓名", "联系电话", "备注")


def book(rows=(), title="客户", headings=HEADINGS, prepare=None) -> bytes:
    """A workbook of one sheet through openpyxl; `prepare(workbook, sheet)` adds marks."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in ([headings] if headings else []) + list(rows):
        sheet.append(list(row))
    if prepare:
        prepare(workbook, sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def inline_row(number, texts) -> str:
    cells = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for i, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


DATA = "<sheetData>" + inline_row(1, HEADINGS) + inline_row(2, ("张三", "19900000001", "一")) + "</sheetData>"


def parts(sheet: str | bytes = SHEET.format(DATA), **changes) -> dict[str, str | bytes]:
    """The parts of a minimal workbook; `changes` replaces, adds (name → body) or drops (None) parts."""
    found = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _RELS.format(_REL.format("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="客户" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS.format(_REL.format("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet,
    }
    for name, body in changes.pop("add", {}).items():
        found[name] = body
    for name in changes.pop("drop", ()):
        del found[name]
    return found


def pack(parts_by_name) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts_by_name.items():
            archive.writestr(name, body)
    return stream.getvalue()
