"""The JSON API of every register under `/api/v1/`: same rows, masks and verbs as the screens, one OpenAPI document.

Who asks is told by the session or by a bearer token of Wagtail's (`wagtail.models.APIToken`). Nobody: 401. What the
asker may not do or know of: 404. Broken rules: 422 with the messages by field. An older version: 409.
"""

from .service import build

api = build()

__all__ = ["api"]
