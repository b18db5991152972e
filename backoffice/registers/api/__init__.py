"""The JSON API of every register under `/api/v1/`: same rows, masks and verbs as the screens, one OpenAPI document.

Who asks is told by the session or by an access token (`registers.programs`). Nobody: 401. What a token was not made
for: 403. What the asker may not do or know of: 404. Broken rules: 422 with the messages by field. An older
version: 409.
"""

from .service import build

api = build()

__all__ = ["api"]
