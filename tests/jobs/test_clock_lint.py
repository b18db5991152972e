"""Nobody reads another clock: business code asks `backoffice.jobs.clock`, or lets a job tell it the time."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("backoffice", "content", "workflows")
CLOCK = ROOT / "backoffice" / "jobs" / "clock.py"
CALLS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
}
MODULES = {"django.utils.timezone": {"now"}, "django.db.models.functions": {"Now"}}
FIELDS = {"auto_now", "auto_now_add"}


def other_clocks(source: str) -> list[tuple[int, str]]:
    """The line and name of each read of a clock that is not ours.

    `timezone.localdate(moment)` and `timezone.localtime(moment)` only convert, so they may stay; `time.time()`
    and `time.monotonic()` measure the process itself.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in CALLS:
                found.append((node.lineno, f"{owner}.{node.attr}"))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("localdate", "localtime") and not node.args and not node.keywords:
                found.append((node.lineno, f"{name}()"))
        elif isinstance(node, ast.ImportFrom):
            forbidden = MODULES.get(node.module, set())
            found += [(node.lineno, alias.name) for alias in node.names if alias.name in forbidden]
        elif isinstance(node, ast.keyword) and node.arg in FIELDS:
            found.append((node.lineno, node.arg))
    return found


def test_business_code_reads_one_clock():
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != CLOCK and "migrations" not in path.parts
        for line, name in other_clocks(path.read_text())
    ]
    assert found == []


def test_the_rule_can_fail():
    source = """
from django.utils import timezone
from django.utils.timezone import now as aware
from django.db.models.functions import Now
import datetime
created = models.DateTimeField(auto_now_add=True)
changed = models.DateTimeField(auto_now=True)
default = models.DateTimeField(default=timezone.now)
a = datetime.datetime.now(), datetime.date.today(), datetime.utcnow(), date.today(), datetime.today()
b = timezone.localdate(), timezone.localtime()
fine = timezone.localdate(moment), timezone.localtime(moment), clock.now(), time.monotonic()
"""
    assert {name for _line, name in other_clocks(source)} == {
        "now",
        "Now",
        "auto_now_add",
        "auto_now",
        "timezone.now",
        "datetime.now",
        "date.today",
        "datetime.utcnow",
        "datetime.today",
        "localdate()",
        "localtime()",
    }
    assert not any(line == 11 for line, _name in other_clocks(source))
