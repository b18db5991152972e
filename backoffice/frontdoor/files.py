"""Uploaded pictures and the files of releases, served by the application: no file has a public address."""

import mimetypes

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model

from workflows.releases.files import stored_as


@require_safe
def picture(request, path):
    """A picture of the image library, or one of its sizes, for anyone who is signed in.

    Only what the library knows is served. Documents, imports and exports lie in the same storage; each leaves
    through a view of its own that asks who may see it.
    """
    images = get_image_model().objects
    known = images.filter(file=path) | images.filter(renditions__file=path)
    content_type, encoding = mimetypes.guess_type(path)
    if not known.exists() or encoding or not (content_type or "").startswith("image/"):
        raise Http404
    return _sent(path, content_type)


@require_safe
def kept(request, digest, filename):
    """A picture or document as it was when a release was made, for anyone who is signed in."""
    content_type, encoding = mimetypes.guess_type(filename)
    is_picture = not encoding and (content_type or "").startswith("image/")
    response = _sent(stored_as(digest, filename), content_type or "application/octet-stream", filename)
    if not is_picture:
        response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def _sent(path, content_type, filename=""):
    try:
        stored = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(stored, content_type=content_type, filename=filename)
    # Should a browser ever take it for a page, nothing in it may run.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
