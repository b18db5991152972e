"""Who can be named in a comment: people who can see the record."""

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Q
from wagtail.admin.utils import get_user_display_name

from ..scope import viewer_of

OFFERED = 8
# More people than this are not looked at for one offer: each has rights of their own to be judged.
LOOKED_AT = 24


def offered(register, row, query):
    """[handle] of up to OFFERED people whose name contains `query` and who see `row`."""
    users = _people()
    if query:
        users = users.filter(Q(first_name__icontains=query) | Q(username__istartswith=query))
    seeing = who_see(register, row, users.order_by("first_name", "pk")[:LOOKED_AT])
    return list(_handles(seeing[:OFFERED]))


def named(register, row, text):
    """({handle: user} of the people named in `text` who see `row`, [handle] of those who do not).

    Chinese puts no blank behind a name: of all names that begin behind an @, the longest counts.
    """
    places = [place for place, sign in enumerate(text) if sign == "@"]
    if not places:
        return {}, []
    handles = _handles(_people())
    found = {}
    for place in places:
        begun = [handle for handle in handles if text.startswith(handle, place + 1)]
        if begun:
            handle = max(begun, key=len)
            found[handle] = handles[handle]
    seeing = {user.pk for user in who_see(register, row, found.values())}
    told = {handle: user for handle, user in found.items() if user.pk in seeing}
    return told, [handle for handle in found if handle not in told]


def who_see(register, row, users):
    """Those of `users` who see `row`: one query beside the rights of each."""
    viewers = [(user, viewer) for user in users if not (viewer := viewer_of(user)).everything]
    if not viewers:
        return []
    asked = {
        f"seen_{number}": Exists(register.visible(viewer).filter(pk=row.pk))
        for number, (_user, viewer) in enumerate(viewers)
    }
    found = register.model.rows.filter(pk=row.pk).annotate(**asked).values_list(*asked).get()
    return [user for (user, _viewer), seen in zip(viewers, found, strict=True) if seen]


def _people():
    return get_user_model().objects.filter(is_active=True)


def _handles(users):
    """{handle: user}: a person's name, with the user name behind it where several are called alike."""
    users = list(users)
    names = [user.first_name for user in users if user.first_name]
    several = _people().filter(first_name__in=names).values("first_name").annotate(n=Count("pk")).filter(n__gt=1)
    several = set(several.values_list("first_name", flat=True))
    return {
        user.username
        if not user.first_name
        else f"{user.first_name}({user.username})"
        if user.first_name in several
        else get_user_display_name(user): user
        for user in users
    }
