"""What may hang on a record is told by its content, whatever it is called."""

import io

import pytest
from PIL import Image

from backoffice.registers.notes import policy
from backoffice.registers.notes.pictures import SIDE, thumbnail
from tests.database import ROOT

from . import samples

SHEETS = ROOT / "tests/data/sheets"
TAKEN = {
    "photo.jpg": (samples.picture(), "jpeg"),
    "photo.png": (samples.picture("PNG"), "png"),
    "photo.webp": (samples.picture("WEBP"), "webp"),
    "photo.gif": (samples.picture("GIF"), "gif"),
    "photo.heic": (samples.picture("HEIF", size=(64, 64)), "heif"),
    "contract.pdf": (samples.PDF, "pdf"),
    "contract.docx": (samples.word(), "docx"),
    "invoice.ofd": (samples.package({"OFD.xml": "<OFD/>"}), "ofd"),
    "list.xlsx": ((SHEETS / "客户_注入.xlsx").read_bytes(), "xlsx"),
    "list.xls": ((SHEETS / "考勤机导出_6月.xls").read_bytes(), "xls"),
}
REFUSED = {
    "page.html": (b"<!doctype html><script>alert(1)</script>", policy.UNKNOWN),
    "page.xls": ((SHEETS / "来访记录导出.xls").read_bytes(), policy.UNKNOWN),
    "drawing.svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', policy.UNKNOWN),
    "program.exe": (b"MZ" + b"\0" * 200, policy.UNKNOWN),
    "notes.txt": ("一些文字".encode(), policy.UNKNOWN),
    "archive.zip": (samples.package({"a.txt": "a"}), policy.UNKNOWN),
    "archive.rar": (b"Rar!\x1a\x07\x00" + b"\0" * 20, policy.UNKNOWN),
    "nothing.jpg": (b"", policy.EMPTY),
    "half.jpg": (samples.picture()[:300], policy.DAMAGED),
    "half.docx": (samples.word()[:100], policy.DAMAGED),
    "script.pdf": (samples.PDF.replace(b"/Type", b"/JavaScript (x) /Type"), policy.ACTIVE),
    "hidden.pdf": (samples.PDF.replace(b"/Type", b"/J#61vaScript (x) /Type"), policy.ACTIVE),
    "starts.pdf": (samples.PDF.replace(b"/Type", b"/Launch (x) /Type"), policy.ACTIVE),
    "macro.docx": (samples.word(**{"word/vbaProject.bin": "x"}), policy.ACTIVE),
    "object.docx": (samples.word(**{"word/embeddings/oleObject1.bin": "x"}), policy.ACTIVE),
    "template.docx": (
        samples.word(**{"word/_rels/settings.xml.rels": '<r Type="attachedTemplate" TargetMode="External"/>'}),
        policy.ACTIVE,
    ),
    "macro.xlsm": ((SHEETS / "来访登记_宏.xlsm").read_bytes(), policy.ACTIVE),
    "locked.xlsx": ((SHEETS / "认购台账_加密.xlsx").read_bytes(), policy.PROTECTED),
}


@pytest.mark.parametrize("name", TAKEN)
def test_pictures_pdf_and_office_documents_are_taken(name):
    content, kind = TAKEN[name]
    for called in (name, "harmless.txt"):
        assert policy.judge(samples.upload(called, content)).code == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_run_or_hide_is_refused_whatever_it_is_called(name):
    content, sentence = REFUSED[name]
    for called in (name, "harmless.jpg"):
        with pytest.raises(policy.NotAllowed) as refused:
            policy.judge(samples.upload(called, content))
        assert str(refused.value) == str(sentence)


def test_size_and_pixels_have_limits(monkeypatch):
    monkeypatch.setattr(policy, "MAX_BYTES", 1000)
    with pytest.raises(policy.NotAllowed, match="MB"):
        policy.judge(io.BytesIO(samples.picture(size=(500, 500))))
    monkeypatch.undo()
    monkeypatch.setattr(policy, "MAX_PIXELS", 100)
    with pytest.raises(policy.NotAllowed):
        policy.judge(io.BytesIO(samples.picture(size=(11, 10))))


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("合同.pdf", "pdf", "合同.pdf"),
        ("照片.JPEG", "jpeg", "照片.jpeg"),
        ("evil.html", "jpeg", "evil.html.jpg"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\temp\\a.docx", "docx", "a.docx"),
        ("gpj.\u202eexe.jpg", "jpeg", "gpj.exe.jpg"),
        ("表\r\nX: y.xlsx", "xlsx", "表X: y.xlsx"),
        ("字" * 300 + ".png", "png", "字" * policy.MAX_NAME + ".png"),
    ],
)
def test_a_name_keeps_no_folder_no_hidden_sign_and_the_suffix_of_its_content(given, kind, kept):
    assert policy.tidy_name(given, policy.KINDS[kind]) == kept


def test_a_thumbnail_is_small_upright_and_knows_no_camera():
    drawn = thumbnail(io.BytesIO(samples.located_picture()))
    with Image.open(io.BytesIO(drawn)) as small:
        assert small.format == "JPEG" and max(small.size) <= SIDE and small.height > small.width
        assert not small.getexif() and b"SecretCamera" not in drawn
    assert thumbnail(io.BytesIO(b"no picture")) is None
