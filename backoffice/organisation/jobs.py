"""What the organisation does by itself: the nightly change of the day."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from backoffice.jobs import clock
from backoffice.jobs.queue import Continue, job

from .accounts import sessions
from .accounts.models import LoginSession, User, get_system_user
from .authority import keep_groups
from .line import in_force

SLICE = 200
SESSIONS_KEPT = timedelta(days=90)


@job("organisation.new_day", every=timedelta(days=1))
def new_day(run):
    """Groups follow the positions of the new day, and whoever holds none any more is signed out everywhere."""
    timer = get_system_user("timer")
    while not run.slice_over:
        people = User.objects.filter(kind=User.Kind.PERSON, pk__gt=run.next_row).order_by("pk")[:SLICE]
        users = list(people)
        if not users:
            LoginSession.objects.filter(ended_at__lt=clock.now() - SESSIONS_KEPT).delete()
            return None
        with run.commit():
            keep_groups(users)
            sign_out_departed(users, timer)
            run.next_row = users[-1].pk
    return Continue


def sign_out_departed(users, actor):
    """Ends the sessions of everybody in `users` who is no superuser and holds no position today."""
    today = timezone.localtime(clock.now()).date()
    seated = set(in_force(today).filter(staff__in=[user.staff_id for user in users]).values_list("staff", flat=True))
    departed = [user for user in users if not user.is_superuser and user.staff_id not in seated]
    with transaction.atomic():
        for user in departed:
            sessions.end_sessions(user, actor=actor)
