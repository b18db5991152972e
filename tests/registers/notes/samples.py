"""Files as people attach them, and as attackers would like them to be."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'


def upload(name, content):
    return SimpleUploadedFile(name, content)


def picture(kind="JPEG", size=(1200, 800), **options):
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **options)
    return target.getvalue()


def located_picture():
    """A photo that tells where it was taken and lies on its side."""
    data = Image.Exif()
    data[0x0112] = 6
    data[0x010F] = "SecretCamera"
    data.get_ifd(0x8825)[1] = "N"
    return picture(exif=data)


def package(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def word(**parts):
    return package({"[Content_Types].xml": TYPES, "word/document.xml": "<document/>"} | parts)
