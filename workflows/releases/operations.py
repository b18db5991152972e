"""Making and withdrawing releases. Only the execution of an approved case calls these."""

import hashlib
import json

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max

from backoffice.jobs import clock, events
from backoffice.registers.search import grams
from backoffice.registers.search.grams import fold

from . import files, numbering
from .models import Release, ReleaseGram, ReleaseText


def canonical_hash(values):
    """sha256 over JSON with sorted keys and no spaces, so that equal content has an equal hash anywhere."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(release):
    """The hash of a stored release, computed anew; equal to `content_hash` unless somebody broke in."""
    return canonical_hash(
        {
            "content": release.content,
            "number": release.number,
            "summary": release.summary,
            "significance": release.significance,
            "effective_from": release.effective_from.isoformat(),
        }
    )


@transaction.atomic
def release(draft, *, revision, case, submitted_by, decided_by, summary, significance, effective_from):
    """Freeze `draft` (the object a revision holds) as the next release and make that revision live.

    `draft.freeze` answers {"title", "label", "sort", "parent", "audience", "text", …}: `text` is what search
    finds, `html` shows, the rest is for readers. The effective date is never earlier than today. The release comes
    first: the database lets nothing go live that was not released (see `triggers`).
    """
    content = files.keep(draft.freeze(numbering.give))
    releases = Release.objects.of(draft)
    moment = clock.now()
    made = Release(
        content_type=ContentType.objects.get_for_model(draft),
        object_id=str(draft.pk),
        number=(releases.aggregate(n=Max("number"))["n"] or 0) + 1,
        summary=summary,
        significance=significance,
        effective_from=max(effective_from or clock.today(), clock.today()),
        published_at=moment,
        content=content,
        revision_id=revision.pk,
        case=case,
        submitted_by=submitted_by,
        decided_by=decided_by,
        **{name: content[name] for name in ("title", "label", "sort", "parent", "audience")},
    )
    made.content_hash = fingerprint(made)
    made.save(force_insert=True)
    _index(made)
    revision.publish(user=decided_by, skip_permission_checks=True)
    draft.after_release(made)
    events.emit("release.published", _event(made))
    return made


@transaction.atomic
def withdraw(target, *, by, case):
    """Take an object out of force from today on; its releases stay readable as history.

    Today itself no longer counts. Returns the number of releases marked.
    """
    moment, today = clock.now(), clock.today()
    standing = Release.objects.of(target).filter(withdrawn_at=None)
    newest = standing.order_by("-number").first()
    marked = standing.update(withdrawn_at=moment, withdrawn_on=today, withdrawn_by=by, withdrawn_case=case)
    target.unpublish(user=None, log_action="wagtail.unpublish")
    if newest:
        events.emit("release.withdrawn", _event(newest))
    return marked


def in_force(what, at=None):
    """What counts on the day `at`: of one object a Release or None, of a model class a queryset of releases."""
    if isinstance(what, type):
        return Release.objects.filter(content_type=ContentType.objects.get_for_model(what)).in_force(at)
    return Release.objects.of(what).in_force(at).first()


def _index(made):
    """Enter the words of a release into the search index, line by line: no word runs over the end of one."""
    lines = [made.label, made.title, *made.content["text"].splitlines()]
    found = set().union(*(grams(line) for line in lines))
    ReleaseText.objects.create(release=made, folded="\n".join(map(fold, lines)))
    ReleaseGram.objects.bulk_create((ReleaseGram(release=made, gram=gram) for gram in sorted(found)), batch_size=400)


def _event(made):
    return {
        "release": str(made.public_id),
        "kind": made.kind,
        "object_id": made.object_id,
        "number": made.number,
        "significance": made.significance,
        "effective_from": made.effective_from.isoformat(),
        "case": made.case,
    }
