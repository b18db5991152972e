"""A program that listens on this machine, and webhooks that lead to it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backoffice.registers.webhooks import sending
from backoffice.registers.webhooks.models import Subscription
from tests.registers.screens.conftest import as_, customers, make, people

__all__ = ["as_", "customers", "listener", "make", "people", "webhook"]


class Listener:
    """What it `got`: (headers, body as bytes); it answers as `answer(handler)` says, or with 204."""

    def __init__(self):
        self.got, self.answer = [], lambda handler: handler.send_response(204)
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.append((self.headers, body))
                listener.answer(self)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?from=us"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self, status=500, text=""):
        def answer(handler):
            handler.send_response(status)
            handler.send_header("Location", self.url)
            handler.end_headers()
            handler.wfile.write(text.encode())

        self.answer = answer

    @property
    def told(self):
        return [json.loads(body) for _headers, body in self.got]


@pytest.fixture
def listener(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


@pytest.fixture
def webhook(listener, people):
    """`webhook(owner, registers, url)`: one that tells `listener` of customers, in the name of the manager."""

    def made(owner=None, registers=("customer",), url=None):
        return Subscription.objects.create(
            name="财务系统",
            url=url or listener.url,
            registers=list(registers),
            secret=sending.new_secret(),
            owner=owner or people.mgr,
        )

    return made
