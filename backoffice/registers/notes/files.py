"""What is done with the files of a record. Whoever calls has asked whether the person may.

take(register, row, upload, actor=…)      a new file
void(attachment, …) / bring_back(…)       removed, and back again; the bytes stay
release(attachment), refuse(attachment)   the answer of the scanner
"""

import hashlib

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.jobs.events import emit
from backoffice.jobs.queue import enqueue

from ..scope import system_user
from . import pictures, policy, scanning
from .models import Attachment, AttachmentDeed

SCAN = "attachments.scan"
State, Kind = Attachment.State, AttachmentDeed.Kind


def of_row(register, row):
    return Attachment.objects.filter(register=register.code, row=row.pk)


def take(register, row, upload, *, actor, reason=""):
    """A new Attachment of `row` from an open file with a `name`. Raises policy.NotAllowed; then nothing is kept."""
    kind = policy.judge(upload)
    digest = hashlib.sha256(upload.read()).hexdigest()
    known = of_row(register, row).filter(voided_at=None)
    if known.filter(sha256=digest).exists():
        raise policy.NotAllowed(_("The same file is attached already."))
    if known.count() >= policy.MAX_OF_RECORD:
        raise policy.NotAllowed(_("A record can have at most %(limit)s files.") % {"limit": policy.MAX_OF_RECORD})
    attachment = Attachment(
        register=register.code,
        row=row.pk,
        name=policy.tidy_name(upload.name, kind),
        kind=kind.code,
        size=upload.size,
        sha256=digest,
        state=State.WAITING if scanning.wanted() else State.READY,
    )
    upload.seek(0)
    attachment.file.save("", File(upload), save=False)
    try:
        if attachment.state == State.READY:
            _draw(attachment, upload)
        with transaction.atomic():
            attachment.save()
            _note(attachment, Kind.ADDED, actor, reason)
            if attachment.state == State.WAITING:
                enqueue(SCAN, {"attachment": attachment.pk}, owner=actor)
    except BaseException:
        # The bytes must not outlive a row that was never there.
        _delete_bytes(attachment)
        raise
    return attachment


def void(attachment, *, actor, reason):
    """Removes a file from sight. Its bytes and its place in the timeline stay."""
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, voided_at=None).update(voided_at=clock.now()):
            _note(attachment, Kind.VOIDED, actor, reason)


def bring_back(attachment, *, actor, reason):
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk).exclude(voided_at=None).update(voided_at=None):
            _note(attachment, Kind.RETURNED, actor, reason)


def release(attachment):
    """The scanner found nothing: the file can be had. Belongs into the caller's transaction."""
    with attachment.file.open() as file:
        _draw(attachment, file)
    attachment.state = State.READY
    attachment.save(update_fields=["state", "thumbnail"])


def refuse(attachment, found):
    """The scanner found something: nobody ever gets the file. Belongs into the caller's transaction."""
    name = attachment.file.name
    attachment.state, attachment.file = State.REFUSED, ""
    attachment.save(update_fields=["state", "file"])
    _note(attachment, Kind.REFUSED, system_user("timer"), found)
    transaction.on_commit(lambda: attachment.file.storage.delete(name))


def _draw(attachment, file):
    if policy.KINDS[attachment.kind].picture and (drawn := pictures.thumbnail(file)):
        attachment.thumbnail.save("", ContentFile(drawn), save=False)


def _delete_bytes(attachment):
    for field in (attachment.file, attachment.thumbnail):
        if field:
            field.delete(save=False)


def _note(attachment, kind, actor, reason):
    """What was done, for the timeline and for whoever listens."""
    AttachmentDeed.objects.create(
        attachment=attachment,
        register=attachment.register,
        row=attachment.row,
        actor=actor,
        kind=kind,
        reason=reason[:200],
    )
    told = {"register": attachment.register, "row": attachment.row, "attachment": attachment.public_id}
    emit(f"attachments.{kind}", told)
