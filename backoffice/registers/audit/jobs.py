"""Background work of the audit log: filing what pages noted, sealing, changing keys."""

from datetime import timedelta

from django.utils.translation import gettext as _

from backoffice.jobs.queue import Continue, enqueue, job

from . import keys, looks, sealing

ROTATE = "audit.rotate_keys"
# A run's pointer holds the place in its upper and the last row done in its lower part.
_PLACE = 10**15


@job("audit.seal", every=timedelta(minutes=1))
def seal(run):
    looks.file()
    sealing.seal_all(stop=lambda: run.slice_over)


def start_rotation(user=None):
    return enqueue(ROTATE, owner=user)


@job(ROTATE)
def rotate(run):
    """Encrypts with the newest key whatever was encrypted with an older one, a slice in a transaction."""
    places = keys.places()
    while not run.slice_over:
        place, after = divmod(run.next_row, _PLACE)
        with run.commit():
            if place >= len(places):
                run.finish({"outdated": keys.outdated()})
                return None
            last = keys.reencrypt(places[place], after)
            run.next_row = (place + 1) * _PLACE if last is None else place * _PLACE + last
            run.progress(place, len(places), _("Encrypting"))
    return Continue
