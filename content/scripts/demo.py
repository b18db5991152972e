"""The demo talk scripts: `demo/scripts.toml`, brought in through the approval path."""

from pathlib import Path

from django.db import transaction

from backoffice.jobs import clock
from content.loading import is_current, read, relative, release_through_approval, spread

from .models import Script

FOLDER = Path(__file__).parent / "demo"


@transaction.atomic
def load(editor, approver, folder=FOLDER, until=None):
    """Load every entry; what is released already with the same words is left alone. Returns the releases made.

    `editor` and `approver` are users the permission matrix allows to write and to decide talk scripts. `until` is
    the last day of the year in which they came out; today when left out.
    """
    made, until = [], until or clock.today()
    entries = read(folder / "scripts.toml")["script"]
    for place, one in enumerate(entries):
        script = Script.objects.filter(code=one["code"]).first() or Script(code=one["code"], live=False)
        for name, value in _values(one).items():
            setattr(script, name, value)
        if script.pk is None:
            script.valid_until = relative(one["valid_until"], until)
            script.save()
        if not is_current(script):
            day = spread(until, place, len(entries))
            made.append(release_through_approval(script, editor, approver, on=day))
    return made


def _values(one):
    return {
        "stage": one["stage"],
        "question": one["question"],
        "key_point": one["key_point"],
        "answer": one.get("answer", "").strip(),
        "sub_points": "\n".join(one["sub_points"]),
        "standard_actions": "\n".join(one.get("standard_actions", [])),
        "forbidden": "\n".join(one.get("forbidden", [])),
        "tags": ", ".join(one.get("tags", [])),
        "must_know": one.get("must_know", False),
        "owner_role": one.get("owner", "SM"),
        "change_summary": one.get("summary", "首次发布"),
    }
