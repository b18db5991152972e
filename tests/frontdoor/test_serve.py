"""`manage.py serve` is two processes that start and end as one. These tests run it for real."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.database import ROOT
from tests.serving import Serving, eventually


@pytest.fixture
def serving(migrated_database, tmp_path):
    with migrated_database.spare(tmp_path) as url:
        running = Serving(url, tmp_path, "--empty")
        yield running
        running.stop()


def test_it_serves_alone_on_its_port_until_ctrl_c_ends_both_processes(serving):
    assert serving.get("/livez") == (200, b"ok")
    assert serving.get("/admin/login/")[0] == 200
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=serving.environment,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert str(serving.port) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    serving.process.send_signal(signal.SIGINT)
    eventually(serving.gone)
    assert serving.process.returncode == 0


def test_when_one_process_dies_the_other_ends_too(serving):
    os.kill(serving.web, signal.SIGKILL)
    eventually(serving.gone)
    assert serving.process.returncode == 1
    assert "web" in serving.log.read_text()


def test_nothing_is_left_when_the_parent_is_killed_outright(serving):
    serving.process.kill()
    eventually(serving.gone)


@pytest.fixture
def fresh_clone(tmp_path):
    """The product as it comes: nothing compiled."""
    root = tmp_path / "clone"
    for folder in ("backoffice", "content", "workflows", "locale"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    shutil.copy(ROOT / "manage.py", root)
    return root


def test_the_first_start_of_a_fresh_clone_speaks_chinese(fresh_clone, migrated_database, tmp_path):
    with migrated_database.spare(tmp_path) as url:
        running = Serving(url, tmp_path, "--empty", root=fresh_clone)
        page = running.get("/admin/login/")[1].decode()
        running.stop()
    assert "登录" in page and "Sign in" not in page


SPEAKS = "import django; django.setup(); from django.utils.translation import gettext; print(gettext('customer'))"


@pytest.mark.parametrize("settings", ["dev", "test"])
def test_so_do_its_first_worker_and_its_first_tests(fresh_clone, tmp_path, settings):
    spoken = subprocess.run(
        [sys.executable, "-c", SPEAKS],
        cwd=fresh_clone,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": f"backoffice.settings.{settings}", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert spoken.stdout.strip() == "客户"
