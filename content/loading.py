"""Bringing texts in from files through the same path as a person: draft, submit, approve, release."""

import re
import tomllib
from datetime import date, datetime, time, timedelta

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import make_aware

from backoffice.jobs import clock
from content.streams import with_breaks
from workflows.approvals.operations import case_of_workflow
from workflows.releases.models import Release

# The day from which the files of the demo site speak, and how many days before its last day that is there.
WRITTEN_ON, DAYS = date(2025, 7, 1), 360
# The last text came out this many days ago.
QUIET_DAYS = 20
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITEM = re.compile(r"(?:[-*•]|\d+[.、．])\s*(.+)")


def read(path):
    with path.open("rb") as file:
        return tomllib.load(file)


def spread(until, place, count):
    """The day on which text `place` of `count` came out: one after the other in the year that ends on `until`."""
    return until - timedelta(days=DAYS - place * (DAYS - QUIET_DAYS) // count)


def relative(day, until):
    """A day that the files name, as it lies in the year that ends on `until`."""
    return day + (until - timedelta(days=DAYS) - WRITTEN_ON)


def is_current(draft):
    """Whether the newest release of a stored object already says what `draft` says; then nothing is to do."""
    from workflows.releases import files, numbering

    newest = Release.objects.of(draft).order_by("-number").first()
    return newest is not None and newest.content == files.as_kept(draft.freeze(numbering.peek))


def release_through_approval(draft, editor, approver, *, on=None):
    """Save `draft` as `editor`, submit it, and approve it as `approver`; returns the Release.

    `draft` is stored already and holds the wanted values. `on` is the business day on which all this happens
    (08:30 local time); the demo clock stands still there meanwhile. Today when left out.
    """
    if on is None:
        return _release(draft, editor, approver)
    with clock.at(make_aware(datetime.combine(on, time(8, 30)))):
        return _release(draft, editor, approver)


def _release(draft, editor, approver):
    draft.save_revision(user=editor)
    state = draft.get_workflow().start(draft, editor)
    task_state = state.current_task_state.specific
    task_state.task.specific.on_action(task_state, approver, "approve")
    return Release.objects.get(case=str(case_of_workflow(state).public_id))


def months_after(day, months):
    """The same day `months` later, the last day of that month when there is none."""
    month = day.month - 1 + months
    first = day.replace(year=day.year + month // 12, month=month % 12 + 1, day=1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def rich(text):
    """Plain text with `**bold**`, `- item` and `1. item` lines as the HTML a rich text field stores, escaped."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip()):
        parts += _block([line.strip() for line in block.splitlines() if line.strip()])
    return "".join(parts)


def _block(lines):
    parts, plain = [], []
    for kind, group in _grouped(lines):
        if kind:
            items = format_html_join("", "<li>{}</li>", ((_inline(item),) for item in group))
            parts.append(format_html("<{0}>{1}</{0}>", mark_safe(kind), items))  # noqa: S308  "ul" or "ol"
        else:
            plain = "\n".join(group)
            parts.append(f"<p>{_inline(plain)}</p>")
    return parts


def _grouped(lines):
    """Runs of equal kind: ("ul" | "ol" | "", texts)."""
    runs = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        kind = ("ol" if line[0].isdigit() else "ul") if item and not line.startswith("**") else ""
        text = item[1] if kind else line
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(text)
        else:
            runs.append((kind, [text]))
    return runs


def _inline(text):
    escaped = str(with_breaks(text)) if "\n" in text else str(escape(text))
    return mark_safe(_BOLD.sub(r"<b>\1</b>", escaped))  # noqa: S308  escaped above
