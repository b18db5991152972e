"""Uploaded pictures, served by the application: no file has a public address."""

import mimetypes

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model


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
    try:
        stored = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(stored, content_type=content_type)
    # Should a browser ever take it for a page, nothing in it may run.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
