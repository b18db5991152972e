"""Writing once, however often a request is sent: the header Idempotency-Key.

The answer is kept in the transaction of what it tells of. A process that dies in the middle leaves neither, and the
same request sent again does the work; one that dies after it leaves both, and the same request gets the same answer.
A request that was refused wrote nothing and keeps nothing.
"""

import hashlib
import hmac
import re
from functools import wraps

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja.renderers import JSONRenderer

from backoffice.jobs import clock

from ..programs.models import KeptAnswer
from .asking import records
from .refusals import Trouble

HEADER = "Idempotency-Key"
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "A name of your own for this request, kept for 24 hours. Sent again with the same key, the "
    "request does nothing and gets the first answer; with the same key and another body, 422.",
    "example": "6f1c2a90-import-17",
}
EXTRA = {"parameters": [PARAMETER]}
_KEY = re.compile(r"[!-~]{1,255}")
_TYPE = "application/json; charset=utf-8"


def once(register, schema, status=200):
    """Decorates a writing operation of `register` whose result has the shape `schema`, answered with `status`."""

    def decorate(operation):
        @wraps(operation)
        def answered(request, *args, **kwargs):
            records(request, register, writing=True)
            key = _key_of(request)
            if key is None:
                return _answer(schema, status, operation(request, *args, **kwargs))
            with transaction.atomic():
                question = _question(request)
                kept = _claimed(request.user, key, question)
                if kept is not None:
                    return _again(kept)
                answer = _answer(schema, status, operation(request, *args, **kwargs))
                _keep(request.user, key, question, answer)
                return answer

        return answered

    return decorate


def _key_of(request):
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise Trouble(422, _("An Idempotency-Key has 1 to 255 visible ASCII signs."), kind="bad-key")
    return key


def _question(request):
    """A keyed hash of everything that makes this request another one; bodies hold telephones, which a plain hash
    would let anybody guess."""
    parts = [request.method, request.get_full_path(), request.headers.get("If-Match", "")]
    told = "\n".join(parts).encode() + b"\n" + request.body
    return hmac.new(settings.HASH_KEY.encode(), told, hashlib.sha256).hexdigest()


def _claimed(user, key, question):
    """The answer kept under `key`, None where there is none yet: then the key is the caller's until the transaction
    ends. Raises Trouble for a key that stands for another request, or for one that is still at work."""
    if connection.vendor == "postgresql":
        # The lock ends with the transaction, however that ends. SQLite lets one writer in at a time anyway.
        number = int.from_bytes(hashlib.sha256(f"{user.pk} {key}".encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            if not cursor.fetchone()[0]:
                message = _("The first request with this key is still at work.")
                raise Trouble(409, message, kind="still-running", headers={"Retry-After": "1"})
    kept = KeptAnswer.objects.filter(owner=user, key=key).first()
    if kept is None:
        return None
    if kept.created_at < clock.now() - KeptAnswer.LIFE:
        kept.delete()
        return None
    if kept.question != question:
        raise Trouble(422, _("This key was used for another request."), kind="key-reused")
    return kept


def _keep(user, key, question, answer):
    headers = {name: answer[name] for name in ("ETag", "Location") if name in answer}
    body = answer.content.decode()
    KeptAnswer.objects.create(
        owner=user, key=key, question=question, status=answer.status_code, headers=headers, body=body
    )


def _again(kept):
    headers = kept.headers | {"Idempotency-Replayed": "true"}
    return HttpResponse(kept.body, status=kept.status, headers=headers, content_type=_TYPE)


def _answer(schema, status, result):
    """`result` as the answer of `schema`; a record's version is its ETag, `location` the address of something new."""
    headers = {"ETag": f'"{result["version"]}"'} if "version" in result else {}
    if "location" in result:
        headers["Location"] = result["location"]
    plain = schema.model_validate(result).model_dump()
    body = JSONRenderer().render(None, plain, response_status=status)
    return HttpResponse(body, status=status, headers=headers, content_type=_TYPE)
