"""The production settings: complete, and clear about what is missing."""

import os
import subprocess
import sys

import pytest

from tests.database import ROOT


def made_up():
    lines = (ROOT / ".ci" / "production.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def manage(environment, *arguments):
    """The command in an environment that holds nothing else of ours."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=bare | environment, capture_output=True, text=True
    )


def test_deployment_checks_have_nothing_to_say():
    checked = manage(made_up(), "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def test_all_missing_variables_are_named_at_once_with_what_they_are():
    environment = made_up()
    for name in ("SECRET_KEY", "REDIS_URL"):
        del environment[name]
    refused = manage(environment, "check")
    assert refused.returncode != 0
    assert "SECRET_KEY: signs sessions" in refused.stderr
    assert "REDIS_URL: redis://" in refused.stderr
    assert "HASH_KEY" not in refused.stderr.rpartition("environment variables:")[2]


@pytest.mark.parametrize("command", ["seed_demo"])
def test_demo_data_is_refused(command):
    refused = manage(made_up(), command)
    assert refused.returncode == 1
    assert "正式环境不生成演示数据" in refused.stderr
