"""Pictures and documents of a release: copies under the hash of what is in them.

The library goes on changing: its files are replaced, renamed and deleted. A release does not, so it points to copies
that nothing overwrites, and its own hash, which covers their addresses, covers what they show.
"""

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from .guard import NotReleased

FOLDER = "kept"
_POINTER = re.compile(r'\b(src|href)="([^"]*)"')
_WITHOUT_PICTURE = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")


def keep(content):
    """`content` of a release to be (see `operations.release`) with its pictures and documents copied for good.

    Raises NotReleased when one of them is gone, or is a document that not everybody may open.
    """
    return _pointing_to_copies(content, _store)


def as_kept(content):
    """What `keep` would answer; nothing is stored."""
    return _pointing_to_copies(content, lambda name, data: None)


def stored_as(digest, filename):
    """The name in the storage of the copy at an address: {"digest": sha256 in hex, "filename": as it was called}."""
    return f"{FOLDER}/{digest}{PurePosixPath(filename).suffix.lower()}"


def _pointing_to_copies(content, store, key=""):
    if isinstance(content, dict):
        return {name: _pointing_to_copies(part, store, name) for name, part in content.items()}
    if isinstance(content, list):
        return [_pointing_to_copies(part, store, key) for part in content]
    return _html(content, store) if key == "html" else content


def _html(html, store):
    if _WITHOUT_PICTURE.search(html):
        raise _gone()
    return _POINTER.sub(lambda found: f'{found[1]}="{escape(_address(found[1], found[2], store))}"', html)


def _address(attribute, url, store):
    """Where the copy of what `url` points to is read; `url` itself when that is none of our files."""
    path = unquote(urlsplit(url.replace("&amp;", "&")).path)
    file = _picture(path) if attribute == "src" else _document(path)
    if file is None:
        if attribute == "src" and not urlsplit(url).scheme:
            raise _gone()
        return url.replace("&amp;", "&")
    try:
        with file.open("rb") as opened:
            data = opened.read()
    except OSError as error:
        raise _gone() from error
    digest, filename = hashlib.sha256(data).hexdigest(), PurePosixPath(file.name).name
    store(stored_as(digest, filename), data)
    return reverse("kept_file", kwargs={"digest": digest, "filename": filename})


def _picture(path):
    """The file of the library's picture, or of one of its sizes, at a path of ours."""
    name = path.removeprefix(settings.MEDIA_URL)
    images = get_image_model()
    sizes = images.get_rendition_model()
    found = images.objects.filter(file=name).first() or sizes.objects.filter(file=name).first()
    return found.file if found else None


def _document(path):
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.url_name != "wagtaildocs_serve":
        return None
    number, filename = match.args
    document = get_document_model().objects.filter(pk=number).first()
    if document is None or document.filename != filename:
        raise _gone()
    if document.collection.get_view_restrictions().exists():
        raise NotReleased(_("A file that not everybody may open cannot be part of a text. Take it out."))
    return document.file


def _store(name, data):
    """Write a copy once; one that a crash left unfinished is written again."""
    if default_storage.exists(name):
        with default_storage.open(name) as stored:
            if stored.read() == data:
                return
        default_storage.delete(name)
    default_storage.save(name, ContentFile(data))


def _gone():
    return NotReleased(_("A picture or file of this text is no longer there. Put it in again or take it out."))
