"""Where a person is logged in: one row for each login, so that it can be seen and ended.

A session of Django's knows its row by number. Ending the row ends the session at its next request, whatever
keeps the sessions and however many processes serve them.
"""

from datetime import timedelta

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from backoffice.jobs import clock
from backoffice.registers.audit.origin import device_of

from .models import AccountEvent, LoginSession

KEY = "login"
SEEN_EVERY = timedelta(minutes=1)


@receiver(user_logged_in)
def begin(request, user, **kwargs):
    """A login: its row, and the groups of the day."""
    from ..authority import keep_groups

    keep_groups([user])
    request.session[KEY] = LoginSession.objects.create(
        user=user,
        address=request.META.get("REMOTE_ADDR", "")[:45],
        agent=device_of(request.META.get("HTTP_USER_AGENT", ""))[:200],
    ).pk


@receiver(user_logged_out)
def end(request, user, **kwargs):
    number = request.session.get(KEY) if request is not None else None
    if number:
        LoginSession.objects.filter(pk=number, ended_at=None).update(ended_at=clock.now())


def current(request):
    """The open row of this request's session; None when it was ended or never began."""
    number = request.session.get(KEY)
    return LoginSession.objects.filter(pk=number, user=request.user.pk, ended_at=None).first() if number else None


def seen(session, moment):
    """Notes that the person is there, at most once a minute."""
    if moment - session.last_seen_at >= SEEN_EVERY:
        LoginSession.objects.filter(pk=session.pk).update(last_seen_at=moment)


def open_sessions(user):
    return LoginSession.objects.filter(user=user, ended_at=None)


def end_sessions(user, *, actor, but=None, only=None):
    """Ends every open login of `user`, or `only` one, or all `but` one. Returns how many."""
    rows = open_sessions(user)
    if only is not None:
        rows = rows.filter(pk=only.pk)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    count = rows.update(ended_at=clock.now())
    if count:
        AccountEvent.objects.create(user=user, actor=actor, kind=AccountEvent.Kind.SESSIONS_ENDED, note=str(count))
    return count
