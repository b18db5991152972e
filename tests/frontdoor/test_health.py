"""The probes: alive without looking at anything, ready only when everything needed is there."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from backoffice.frontdoor import health
from backoffice.jobs import clock

Usage = namedtuple("Usage", "total used free")


def ready(client):
    response = client.get("/readyz", headers={"Host": "10.0.0.5"})
    body = response.json()
    failing = [name for name, item in body["items"].items() if not item["ok"]]
    assert (response.status_code == 200) == body["ok"] == (not failing)
    return failing


def test_alive_needs_no_database_and_no_host_name(client):
    response = client.get("/livez", headers={"Host": "10.0.0.5"})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_all_is_well(client):
    assert ready(client) == []


@pytest.mark.django_db
def test_a_lost_database_is_told_without_its_address(client, monkeypatch):
    def lost():
        raise OperationalError("connection to server at 10.1.1.1 as user backoffice failed")

    monkeypatch.setattr(health, "database", lost)
    assert ready(client) == ["database"]
    assert "10.1.1.1" not in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_a_migration_that_waits_is_told(client):
    MigrationRecorder.Migration.objects.filter(app="jobs").order_by("-id").first().delete()
    assert ready(client) == ["migrations"]


@pytest.mark.django_db
def test_a_full_disk_is_told(client, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: Usage(100, 91, 9))
    assert ready(client) == ["disk"]


@pytest.mark.django_db
@pytest.mark.parametrize(("waiting", "failing"), [(60, []), (health.JOB_WAIT_SECONDS + 60, ["jobs"])])
def test_a_job_that_nobody_fetches_is_told(client, waiting, failing):
    due = clock.wall() - timedelta(seconds=waiting)
    apps.get_model("jobs", "Job").objects.create(kind="test.wait", max_attempts=1, wake_at=due)
    assert ready(client) == failing
