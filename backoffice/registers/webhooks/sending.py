"""Sending one message: signed, to the address that was looked at, within its time, whatever comes back.

Signed as Standard Webhooks are: HMAC-SHA256 over `id.timestamp.body`, base64, with the bytes behind `whsec_`.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from . import targets
from .models import Attempt

Error = Attempt.Error
START = "whsec_"
# Seconds for everything together, and signs of the answer that are kept.
LIMIT = 10
KEPT = 500
AGENT = "backoffice-webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What came back: a status with the beginning of the body, or the error that kept it from coming."""

    milliseconds: int
    status: int | None = None
    text: str = ""
    error: str = ""

    @property
    def good(self):
        return self.status is not None and 200 <= self.status < 300


def new_secret():
    return START + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret, number, moment, body):
    """The header `webhook-signature` of `body` (bytes), sent as message `number` at `moment` (Unix seconds)."""
    key = base64.b64decode(secret.removeprefix(START))
    signed = hmac.new(key, f"{number}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def send(delivery):
    """Sends a message once. Returns the Answer; redirects are answers like any other and lead nowhere."""
    subscription, moment = delivery.subscription, int(time.time())
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": delivery.public_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(subscription.secret, delivery.public_id, moment, body),
    }
    began = time.monotonic()
    status, text, error = _post(subscription.url, body, headers)
    return Answer(int((time.monotonic() - began) * 1000), status, text, error)


def _post(url, body, headers):
    """(status, beginning of the answer, error)"""
    try:
        link = _Link(targets.resolve(url))
    except targets.Forbidden:
        return None, "", Error.ADDRESS
    except targets.Unknown:
        return None, "", Error.UNKNOWN
    # A host that sends a byte now and then never runs into the time limit of a socket.
    watch = threading.Timer(LIMIT, link.cut)
    watch.start()
    try:
        link.request("POST", link.target.path, body, headers)
        answer = link.getresponse()
        text = answer.read(4 * KEPT).decode("utf-8", "replace").replace("\x00", "")
        return answer.status, text[:KEPT], ""
    except ssl.SSLError:
        return None, "", Error.TIME if link.was_cut else Error.SECURITY
    except TimeoutError:
        return None, "", Error.TIME
    except (OSError, http.client.HTTPException, ValueError):
        return None, "", Error.TIME if link.was_cut else Error.CONNECTION
    finally:
        watch.cancel()
        link.close()


class _Link(http.client.HTTPConnection):
    """A connection to the numeric address of a target, under the name the target has."""

    def __init__(self, target):
        super().__init__(target.host, target.port, timeout=LIMIT)
        self.target, self.was_cut = target, False
        self.default_port = 443 if target.secure else 80

    def connect(self):
        self.sock = socket.create_connection((self.target.address, self.target.port), self.timeout)
        if self.target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self):
        self.was_cut = True
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)
