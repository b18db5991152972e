"""Opening, resetting and closing accounts. Each leaves an `AccountEvent`; none of them knows of requests.

Who may: whoever configures `organisation-positions` or `audit-backup` (people supervisor, system administrator).
An account of somebody whose position, held today or from a later day on, has rights that the actor lacks is theirs
to close, but not to open: the link that opens an account goes to an address the actor typed. Those accounts belong to
a superuser, and their owners reset a forgotten password themselves from the login page. When somebody rises to such a
position, what a lesser hand had opened is closed again. Superusers are invisible to everybody else.
Source: reliability.md 2.1 items 3, 12 and 13.
"""

import hashlib
from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.jobs import clock
from backoffice.registers import catalogue
from backoffice.registers.changes import Denied
from backoffice.registers.programs import tokens
from backoffice.registers.scope import viewer_of

from ..authority import allows, keep_groups
from ..grants import beyond
from ..line import held_from
from . import second_factor, sessions
from .models import AccountEvent, Invitation, User, get_system_user, new_token

LINK_LIFE = timedelta(days=3)
Kind = AccountEvent.Kind


def administers(viewer):
    """Whether `viewer` looks after accounts at all."""
    return any(
        allows(viewer.user, system, "g", viewer=viewer) for system in ("organisation-positions", "audit-backup")
    )


def staff_within(viewer):
    """The staff records whose accounts `viewer` looks after; none for everybody else."""
    rows = catalogue.get("staff").visible(viewer).filter(voided_at=None)
    rows = rows if administers(viewer) else rows.none()
    return rows if viewer.user.is_superuser else rows.exclude(user__is_superuser=True)


def may_open(staff, viewer):
    """Whether `viewer` may send the link that opens the account of `staff`: never their own, never beyond theirs."""
    if viewer.user.is_superuser or viewer.everything:
        return True
    roles = _roles_ahead([staff.pk])[staff.pk]
    return staff.pk not in viewer.staff and not any(beyond(role, viewer) for role in roles)


def _roles_ahead(staff):
    """{staff: {roles}}, held today or to be held: tomorrow's administrator opens with today's password."""
    found = defaultdict(set)
    for person, role in held_from(clock.today()).filter(staff__in=staff).values_list("staff", "position__role"):
        found[person].add(role)
    return found


def _require(staff, viewer, opening):
    if not staff_within(viewer).filter(pk=staff.pk).exists() or (opening and not may_open(staff, viewer)):
        raise Denied(f"{viewer.user} may not look after this account.")


def note(user, actor, kind, text=""):
    return AccountEvent.objects.create(user=user, actor=actor, kind=kind, note=text[:200])


def create_account(staff, *, username, viewer):
    """The account of `staff`, which nobody can use until `send_link` has let its person set a password."""
    _require(staff, viewer, opening=True)
    with transaction.atomic():
        user = User(username=username, staff=staff, first_name=staff.name)
        user.set_unusable_password()
        user.save()
        keep_groups([user])
        note(user, viewer.user, Kind.CREATED)
    return user


def send_link(user, *, email, viewer):
    """Sends a one-time link to set the password, in place of any earlier one. Returns the link.

    The token itself is nowhere kept. Raises OSError when the mail cannot be sent.
    """
    _require(user.staff, viewer, opening=True)
    token = new_token()
    first = not user.has_usable_password()
    with transaction.atomic():
        if user.email != email:
            user.email = email
            user.save(update_fields=["email"])
        now = clock.now()
        user.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        Invitation.objects.create(
            user=user,
            token_hash=digest(token),
            created_by=viewer.user,
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
        note(user, viewer.user, Kind.INVITED if first else Kind.RESET, email)
    link = settings.WAGTAILADMIN_BASE_URL + reverse("invitation", args=[token])
    lines = [
        _("Hello %(name)s,") % {"name": user.get_full_name()},
        _("set the password of your account %(account)s here:") % {"account": user.username},
        link,
        _("The link works once, within three days. If you did not expect it, tell your system administrator."),
    ]
    send_mail(_("Your account in the sales centre back office"), "\n\n".join(lines), None, [email])
    return link


def withdraw_links(staff):
    """After positions of `staff` (row numbers) were written: may the sender of the last link still open the account?

    If not, open links and resets end, and the address they typed goes, since a forgotten password would be replaced
    by way of it. So does a password that nobody has signed in with yet. A superuser then sends a link of their own.
    """
    rows = Invitation.objects.filter(user__staff__in=staff).order_by("pk").select_related("user", "created_by")
    last = {sent.user_id: sent for sent in rows}
    roles = _roles_ahead([sent.user.staff_id for sent in last.values()]) if last else {}
    senders = {}
    for sent in last.values():
        if sent.created_by.is_superuser or not sent.user.email:
            continue
        sender = senders.setdefault(sent.created_by_id, viewer_of(sent.created_by))
        if any(beyond(role, sender) for role in roles[sent.user.staff_id]):
            _withdraw(sent.user)


def _withdraw(user):
    user.invitations.filter(used_at=None).update(expires_at=clock.now())
    note(user, get_system_user("timer"), Kind.WITHDRAWN, user.email)
    # Links of the login page are signed over the address, so they end with it.
    user.email = ""
    if user.last_login is None:
        user.set_unusable_password()
    user.save(update_fields=["email", "password"])


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_for(token):
    """The invitation a link belongs to while it is good, else None: wrong, used and old links look alike."""
    found = Invitation.objects.filter(token_hash=digest(token), used_at=None, expires_at__gt=clock.now())
    return found.filter(user__is_active=True).select_related("user").first()


def accept(invitation, password):
    """Sets the password once; a second use of the same link finds nothing. Returns whether it worked."""
    with transaction.atomic():
        now = clock.now()
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=now).update(used_at=now):
            return False
        user = invitation.user
        user.set_password(password)
        user.save(update_fields=["password"])
        password_set(user)
    return True


def password_set(user):
    """What follows when somebody has set their own password: it is noted, and whoever is signed in is so no more."""
    with transaction.atomic():
        sessions.end_sessions(user, actor=user)
        note(user, user, Kind.PASSWORD)


def deactivate(user, *, viewer):
    """Closes an account, ends its sessions and withdraws its access tokens at once."""
    _require(user.staff, viewer, opening=False)
    if user == viewer.user:
        raise Denied("Nobody closes their own account.")
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        user.is_active = False
        user.invitations.filter(used_at=None).update(expires_at=clock.now())
        keep_groups([user])
        sessions.end_sessions(user, actor=viewer.user)
        tokens.revoke_all(user, viewer.user)
        note(user, viewer.user, Kind.DEACTIVATED)


def activate(user, *, viewer):
    _require(user.staff, viewer, opening=True)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
        user.is_active = True
        keep_groups([user])
        note(user, viewer.user, Kind.ACTIVATED)


def end_all_sessions(user, *, viewer):
    _require(user.staff, viewer, opening=False)
    return sessions.end_sessions(user, actor=viewer.user)


def note_token(owner, actor, made, token):
    """Writes down that an access token of `owner` was made or withdrawn; see `tokens.WITNESSES`."""
    note(owner, actor, Kind.TOKEN_MADE if made else Kind.TOKEN_REVOKED, str(token))


def revoke_token(token, *, viewer):
    """Withdraws an access token of somebody whose account `viewer` looks after."""
    _require(token.owner.staff, viewer, opening=False)
    tokens.revoke(token, viewer.user)


def remove_second_factor(user, *, viewer):
    """For somebody who lost telephone and recovery codes; the next login asks for the password alone."""
    _require(user.staff, viewer, opening=True)
    with transaction.atomic():
        if second_factor.remove(user):
            note(user, viewer.user, Kind.FACTOR_OFF)
