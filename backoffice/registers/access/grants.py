"""Grants in force: masked fields opened to somebody for a time. Asked once for each request and person.

`Values` asks `opens` before it masks; giving and taking back is in `access.giving`.
"""

from backoffice.jobs import clock

from .models import Grant, GrantUse


def held(viewer):
    """[Grant] in force for `viewer`, by one query for as long as the viewer lasts: a request or a slice of a job."""
    known = viewer.__dict__.get("_grants")
    if known is None:
        moment = getattr(viewer, "moment", None) or clock.now()
        known = []
        if getattr(viewer.user, "pk", None) and not viewer.everything:
            found = Grant.objects.filter(
                receiver=viewer.user.pk, since__lte=moment, until__gt=moment, revoked_at=None
            )
            known = list(found)
        viewer._grants = known
    return known


def opening(register, name, row, viewer, leaving=False):
    """[Grant] by which `viewer` sees the field `name` of `row` in full; `leaving` when it goes into a file."""
    return [
        grant for grant in held(viewer) if _covers(grant, register, name, row) and (grant.may_export or not leaving)
    ]


def _covers(grant, register, name, row):
    if grant.register != register.code or name not in grant.fields:
        return False
    if grant.row is not None:
        return grant.row == row.id
    return grant.site is None or grant.site == register.site_of(row)


def note_export(register, viewer, names, rows, access):
    """Remembers the grants by which values of the fields `names` of `rows` (a queryset) left in a file."""
    used = [
        grant
        for grant in held(viewer)
        if grant.may_export
        and grant.register == register.code
        and set(grant.fields) & set(names)
        and (grant.row is None or rows.filter(id=grant.row).exists())
    ]
    note_use(used, access)


def note_use(used, access):
    """Remembers that each Grant in `used` made the look `access` possible."""
    if used:
        GrantUse.objects.bulk_create(GrantUse(grant=grant, access=access) for grant in used)
