"""Forgetting what no program asks for any more."""

from datetime import timedelta

from backoffice.jobs import clock
from backoffice.jobs.queue import job

from .models import KeptAnswer


@job("programs.forget", every=timedelta(hours=1))
def forget(run):
    """Answers are kept for a day."""
    with run.commit():
        KeptAnswer.objects.filter(created_at__lt=clock.now() - KeptAnswer.LIFE).delete()
        run.finish()
