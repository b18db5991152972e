"""A login, the link that opens it, where it is in use, and what was done to it."""

import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.jobs import clock
from backoffice.registers.fields import PublicIdField


class User(AbstractUser):
    """A login. What it may do follows from the positions its staff record holds today, see `authority`."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        SYSTEM = "system", _("system")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.PERSON, editable=False)
    staff = models.OneToOneField(
        "organisation.Staff",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="user",
        verbose_name=_("staff member"),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="system_user_is_no_person",
                condition=Q(kind="person") | Q(kind="system", staff__isnull=True, is_superuser=False),
            ),
        ]

    def get_full_name(self):
        """The name people see. `first_name` is kept equal to the staff record's name, so that it costs no query."""
        if self.kind == self.Kind.SYSTEM:
            return str(SYSTEM_USERS.get(self.username, self.username))
        return super().get_full_name() or self.username

    def get_short_name(self):
        return self.get_full_name()


# The accounts under which the system itself acts, and what history calls them.
SYSTEM_USERS = {"shell": _("command line"), "timer": _("timer"), "seed": _("demo data")}


def get_system_user(name):
    """The system account `name` (a key of SYSTEM_USERS), made when it is first needed. Nobody can log in as it."""
    if name not in SYSTEM_USERS:
        raise KeyError(f"No system account is called {name}.")
    user, made = User.objects.get_or_create(username=name, defaults={"kind": User.Kind.SYSTEM, "password": "!"})
    if not made and user.kind != User.Kind.SYSTEM:
        raise ValueError(f"A person's account is called {name}.")
    return user


def new_token():
    """A secret for a link: 43 signs, 256 bits."""
    return secrets.token_urlsafe(32)


class Invitation(models.Model):
    """A link, good for one use within three days, by which a person sets the password of their account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class LoginSession(models.Model):
    """One login of one person: since when, from where, and whether it has been ended."""

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    started_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["-last_seen_at"]
        indexes = [models.Index(fields=["user", "ended_at"], name="login_session_of_user")]

    def __str__(self):
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class AccountEvent(models.Model):
    """What was done to an account, by whom. Append-only."""

    class Kind(models.TextChoices):
        CREATED = "created", _("account created")
        INVITED = "invited", _("invitation sent")
        RESET = "reset", _("password reset sent")
        PASSWORD = "password", _("password set")  # noqa: S105  the name of an event
        DEACTIVATED = "deactivated", _("account deactivated")
        ACTIVATED = "activated", _("account activated")
        WITHDRAWN = "withdrawn", _("link and address withdrawn after a new position")
        SESSIONS_ENDED = "ended", _("sessions ended")
        FACTOR_ON = "factor_on", _("second factor switched on")
        FACTOR_OFF = "factor_off", _("second factor switched off")
        TOKEN_MADE = "token_made", _("access token made")
        TOKEN_REVOKED = "token_off", _("access token revoked")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_events")
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    note = models.CharField(max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.kind} {self.user_id}"
