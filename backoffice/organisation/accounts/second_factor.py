"""The second factor: a six-digit code of an authenticator app, with recovery codes for a lost telephone.

Nobody has to use it; whoever switched it on is asked for a code after the password, and reaches nothing before.
"""

import segno
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django_otp import login as otp_login
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import sessions
from .models import AccountEvent

DUE = "second_factor_due"
CODES = 10
ISSUER = "backoffice"


def is_on(user):
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


@receiver(user_logged_in)
def ask_after_login(request, user, **kwargs):
    """The password alone opens nothing for somebody who uses a second factor."""
    if is_on(user):
        request.session[DUE] = True


def is_due(request):
    return request.session.get(DUE, False)


def verify(request, code):
    """Takes a code of the app, or a recovery code, once. Returns whether the login is complete.

    The devices slow down after each wrong code by themselves, twice as long every time.
    """
    code = code.replace(" ", "").replace("-", "").lower()
    kind = TOTPDevice if code.isdecimal() else StaticDevice
    for device in kind.objects.filter(user=request.user, confirmed=True):
        if verify_token(request.user, device.persistent_id, code):
            request.session.pop(DUE, None)
            request.session.cycle_key()
            otp_login(request, device)
            return True
    return False


def begin(user):
    """The device being set up: not in use until `confirm`. Asking again goes on with the same one."""
    device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": ISSUER})
    return device


def picture(device):
    """The square code for the app, as a data address; it leaves the page nowhere."""
    return segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2)


def secret(device):
    """The same in letters, in groups of four, for typing."""
    key = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))


def confirm(request, code):
    """Switches the factor on when `code` shows that the app holds the secret. Returns the recovery codes or None."""
    user = request.user
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None or is_on(user):
        return None
    if not verify_token(user, device.persistent_id, code.replace(" ", "")):
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = _new_codes(user)
        AccountEvent.objects.create(user=user, actor=user, kind=AccountEvent.Kind.FACTOR_ON)
        # Whoever else may be logged in under this name never showed a code.
        sessions.end_sessions(user, actor=user, but=sessions.current(request))
    device.confirmed = True
    otp_login(request, device)
    return codes


def _new_codes(user):
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=ISSUER)
    codes = [StaticToken.random_token() for _ in range(CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


def remove(user):
    """Switches the factor off. Returns whether it was on."""
    StaticDevice.objects.filter(user=user).delete()
    removed, _per_model = TOTPDevice.objects.filter(user=user).delete()
    return bool(removed)
