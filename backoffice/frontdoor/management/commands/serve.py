import errno
import os
import socket
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.urls import get_resolver, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from backoffice.frontdoor.demo_logins import DEMO_LOGINS
from backoffice.frontdoor.preparing import prepare
from backoffice.frontdoor.processes import Children

START_SECONDS = 30


class Command(BaseCommand):
    help = "Brings the database up to date, then runs the web server and a worker until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default=os.environ.get("SERVE_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("SERVE_PORT", "8000")))
        # SQLite lets one write at a time, so more threads than this only wait for one another.
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--empty", action="store_true", help="leave an empty database without the demo site")

    def handle(self, host, port, threads, empty, **options):
        translation.activate(settings.LANGUAGE_CODE)
        refuse_taken(host, port)
        prepare(self.say, demo=settings.DEMO and not empty)
        # Everything is loaded before the fork, so that the children need not do it again.
        _ignored = get_resolver().url_patterns
        connections.close_all()
        with Children() as children:
            children.start("web", web, host, port, threads)
            self.wait_for_web(children, host, port)
            children.start("worker", worker)
            self.announce(host, port)
            name, code = children.wait()
            self.stderr.write(
                _("The %(name)s process ended by itself (exit code %(code)s); stopping.")
                % {"name": name, "code": code}
            )
            raise SystemExit(1)
        self.say(_("Stopped."))

    def say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()

    def wait_for_web(self, children, host, port):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if ended := children.wait(timeout=0.05):
                raise CommandError(_("The web process did not start (exit code %(code)s).") % {"code": ended[1]})
            if answers(host, port):
                return
        raise CommandError(_("The web process did not answer in %(seconds)s seconds.") % {"seconds": START_SECONDS})

    def announce(self, host, port):
        site = f"http://{host}:{port}"
        lines = [
            "",
            _("The sales centre back office is running. Ctrl-C stops it."),
            "",
            f"  {site}/  {_('handbook, scripts and courses for staff')}",
            f"  {site}{reverse('wagtailadmin_home')}  {_('records and editing')}",
        ]
        if settings.DEMO and DEMO_LOGINS:
            lines += ["", _("Demo logins (user name, password, position):")]
            lines += [f"  {name:<14} {password:<14} {role}" for name, password, role in DEMO_LOGINS]
        self.say("\n".join([*lines, ""]))


def refuse_taken(host, port):
    """Two web servers may share a port without an error and would answer in turn, so look before."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            hint = _("Port %(port)s of %(host)s cannot be used: %(reason)s. Choose another: SERVE_PORT=8001 make run")
            raise CommandError(hint % {"port": port, "host": host, "reason": os.strerror(error.errno)}) from error


def answers(host, port):
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def web(host, port, threads):
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "backoffice.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        websockets=False,
        # Its one warning is about more threads than cores, which is meant: most wait for the database.
        log_level="error",
        workers_kill_timeout=5,
    ).serve()


def worker():
    from django_q.cluster import Cluster

    cluster = Cluster()
    cluster.start()
    cluster.sentinel.join()
