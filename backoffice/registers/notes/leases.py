"""Who has the form of a record open now. A warning, not a lock: what is saved is guarded by versions."""

from datetime import timedelta

from wagtail.admin.utils import get_user_display_name

from backoffice.jobs import clock

from .models import Lease

# A form says every RENEW seconds that it is still open; one that has not been heard of for GONE is closed.
RENEW = 30
GONE = timedelta(seconds=90)


def hold(register, row, user):
    """`user` has the form of `row` open: a new lease, or a renewed one."""
    now = clock.wall()
    mine = {"register": register.code, "row": row.pk, "user": user}
    if not Lease.objects.filter(**mine, renewed_at__gt=now - GONE).update(renewed_at=now):
        Lease.objects.update_or_create(**mine, defaults={"since": now, "renewed_at": now})


def release(register, row, user):
    Lease.objects.filter(register=register.code, row=row.pk, user=user).delete()


def others(register, row, user):
    """[(name, since)] of everybody else who has the form of `row` open, the first one first."""
    leases = Lease.objects.filter(register=register.code, row=row.pk).exclude(user=user)
    leases = list(leases.select_related("user__wagtail_userprofile").order_by("since"))
    # Most records are edited by nobody: the clock is asked only where somebody may be.
    limit = clock.wall() - GONE if leases else None
    return [(get_user_display_name(lease.user), lease.since) for lease in leases if lease.renewed_at > limit]


def clean():
    """Forgets the leases of forms that are long closed."""
    Lease.objects.filter(renewed_at__lt=clock.wall() - timedelta(days=1)).delete()
