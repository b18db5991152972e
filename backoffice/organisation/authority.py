"""Who may do what today. Rights follow from the assignments in force, judged anew at every request.

    viewer_for(user)                     the user with the seats held today, as the register engine sees them
    allows(user, system, letter)         whether a cell of the permission matrix grants them c, e, a, x or g
    people(system, letter, site=None)    the accounts that hold such a cell today
    keep_groups(users)                   makes `user.groups` equal to the roles held today, for Wagtail

The reporting line is in `line`. Source: actors.md 2, "Rules on top of the matrix".
"""

from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from backoffice.jobs import clock
from backoffice.registers import catalogue
from backoffice.registers.scope import Seat, Viewer, provide_roles, provide_viewers, system_viewer, viewer_of

from .accounts.models import User
from .line import ReportingLine, in_force
from .roles import VIEWS, Role, cell, cells_of, permissions_of, roles_with

_TEAM_VIEW = ".view_team_"
# Functions `(user, viewer)`, called when somebody's seats are known: for what Wagtail would ask of their groups.
WHEN_SEATED = []


@provide_viewers
def viewer_for(user):
    """The `Viewer` behind `user`, with one seat for each assignment in force today. At most four queries.

    Superusers hold one seat at every site with every permission but looking behind masks. `viewer.moment` and
    `viewer.day` say when the seats were judged.
    """
    moment = clock.now()
    today = timezone.localtime(moment).date()
    if user.is_authenticated and user.kind == User.Kind.SYSTEM:
        return _dated(system_viewer(user), moment, today)
    if not user.is_authenticated or not user.is_active:
        seats = ()
    elif user.is_superuser:
        seats = (Seat(role="", permissions=_all_but_reveal()),)
    else:
        seats = _seats(user, today)
    viewer = _dated(Viewer(user=user, seats=seats), moment, today)
    for function in WHEN_SEATED:
        function(user, viewer)
    return viewer


@provide_roles
def roles_that_see(register):
    """[(code, label)] of the roles that see records of `register`; of all roles for None."""
    cells = register and cells_of(register)
    if cells is None:
        return list(Role.choices)
    return [(role.value, role.label) for role in Role if cells[role].view]


def _dated(viewer, moment, day):
    viewer.moment, viewer.day = moment, day
    return viewer


def _all_but_reveal():
    rows = Permission.objects.exclude(codename__startswith="reveal_")
    return frozenset(f"{app}.{name}" for app, name in rows.values_list("content_type__app_label", "codename"))


def _seats(user, today):
    held = list(
        in_force(today)
        .filter(staff=user.staff_id)
        .values_list("pk", "staff", "position", "position__role", "site", "acting_for")
        if user.staff_id
        else ()
    )
    permissions = permissions_of({role for _pk, _staff, _position, role, *_rest in held})
    line = ReportingLine(today)
    return tuple(
        Seat(
            role=role,
            site=site,
            staff=staff,
            reports=_reports(line, staff, position, site, acting_for) if _leads(role, permissions) else frozenset(),
            permissions=permissions[role],
        )
        for _pk, staff, position, role, site, acting_for in held
    )


def _leads(role, permissions):
    """Whether `role` looks at a team's records at all, in a declared register or in one that was made since."""
    if any(_TEAM_VIEW in codename for codename in permissions[role]):
        return True
    made = (register for register in catalogue.registers() if register.made)
    return any(VIEWS.get(cells_of(register)[Role(role)].view) == "team" for register in made if register.rights)


def _reports(line, staff, position, site, acting_for):
    """The people below in the reporting line."""
    holding = next(
        (
            one
            for one in line.by_position[position]
            if (one.staff, one.site, one.stands_for) == (staff, site, acting_for or staff)
        ),
        None,
    )
    return line.reports(holding) if holding else frozenset()


def allows(user, system, letter, viewer=None):
    """Whether `user` holds `letter` (c, e, a, x, g; "view" for any view) in `system` of the matrix today."""
    viewer = viewer or viewer_of(user)
    if viewer.everything or (user.is_superuser and user.is_active):
        return True
    return any(
        bool(found.view) if letter == "view" else letter in found.letters
        for found in (cell(seat.role, system) for seat in viewer.seats)
    )


def people(system, letter, site=None):
    """The accounts that hold `letter` in `system` today, at `site` (a row or its number) when one is given."""
    held = in_force(clock.today()).filter(position__role__in=roles_with(system, letter))
    if site is not None:
        number = getattr(site, "pk", site)
        held = held.filter(site=number) | held.filter(site=None)
    return User.objects.filter(is_active=True, staff__in=held.values("staff")).order_by("pk")


def sites_of(viewer):
    """The row numbers of the sites `viewer` works at, None for every site there is."""
    if viewer.everything or any(seat.site is None for seat in viewer.seats):
        return None
    return {seat.site for seat in viewer.seats}


def may_enter(user):
    """Whether `user` may be logged in at this moment: an active account with a seat today, or a superuser."""
    if not user.is_active or user.kind == User.Kind.SYSTEM:
        return False
    return user.is_superuser or bool(viewer_of(user).seats)


def keep_groups(users):
    """Makes `groups` of every account in `users` (a queryset or list) equal to the roles it holds today.

    Wagtail asks `user.groups`, which knows no dates; this is called whenever an assignment or a person is
    written, at login, at a person's first request of a day, and every night. Three queries when nothing changes.
    """
    users = list(users)
    held = {}
    rows = in_force(clock.today()).filter(staff__in=[user.staff_id for user in users if user.staff_id])
    for staff, role in rows.values_list("staff", "position__role"):
        held.setdefault(staff, set()).add(role)
    groups = dict(Group.objects.filter(name__in=Role.values).values_list("name", "pk"))
    members = User.groups.through.objects
    present = set(members.filter(user__in=users, group__in=groups.values()).values_list("user", "group"))
    wanted = {
        (user.pk, groups[role])
        for user in users
        if user.is_active
        for role in held.get(user.staff_id, ())
        if role in groups
    }
    for user, group in present - wanted:
        members.filter(user=user, group=group).delete()
    members.bulk_create([members.model(user_id=user, group_id=group) for user, group in wanted - present])


def keep_accounts(staff):
    """After people or their assignments were written: names and groups of their accounts, in the same transaction."""
    users = list(User.objects.filter(staff__in=staff).select_related("staff"))
    renamed = [user for user in users if user.first_name != user.staff.name]
    for user in renamed:
        user.first_name = user.staff.name
    User.objects.bulk_update(renamed, ["first_name"])
    keep_groups(users)
