"""Is the process alive, and can it do its work? Source: reliability.md R29."""

import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.http import HttpResponse, JsonResponse

from backoffice.jobs import clock

DISK_FREE = 0.10
JOB_WAIT_SECONDS = 300


class Probes:
    """Answers /livez and /readyz before anything else looks at the request.

    A probe knows neither the site's host name nor a login, and must not fail because of them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/livez":
            response = HttpResponse("ok", content_type="text/plain")
        elif request.path == "/readyz":
            items = readiness()
            well = all(item["ok"] for item in items.values())
            response = JsonResponse({"ok": well, "items": items}, status=200 if well else 503)
        else:
            return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def readiness():
    """What must hold to serve, as {item: {"ok": bool, "detail": str}}."""
    checks = {"database": database, "migrations": migrations, "disk": disk, "jobs": jobs}
    items = {}
    for name, check in checks.items():
        try:
            ok, detail = check()
        except (DatabaseError, OSError) as error:
            # The class alone: messages of database drivers name hosts and users.
            ok, detail = False, type(error).__name__
        items[name] = {"ok": ok, "detail": detail}
    return items


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,), connection.vendor


# The applied migrations that were once found complete: reading all files again takes half a second.
complete = set()


def migrations():
    applied = MigrationRecorder(connection).applied_migrations().keys()
    if complete and complete <= applied:
        return True, "0 to apply"
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        complete.update(applied)
    return not waiting, f"{len(waiting)} to apply"


def disk():
    """Space where this installation writes: the files, and the database when it is a file."""
    folders = [Path(settings.MEDIA_ROOT)]
    if connection.vendor == "sqlite":
        folders.append(Path(connection.settings_dict["NAME"]).parent)
    free = min(free_share(folder) for folder in folders)
    return free > DISK_FREE, f"{free:.0%} free"


def free_share(folder):
    """Share of free space, 0 to 1, on the disk of a folder that may not exist yet."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


def jobs():
    """How long the oldest job that is due has been waiting for a worker."""
    job = apps.get_model("jobs", "Job")
    due = job.objects.filter(state__in=job.OPEN).aggregate(oldest=Min("wake_at"))["oldest"]
    seconds = max(0, (clock.wall() - due).total_seconds()) if due else 0
    return seconds <= JOB_WAIT_SECONDS, f"oldest waits {seconds:.0f} s"
