"""People with rights, made through the door, for every test of the project.

    site()                               the main site, the same one each time; site("B") another
    person("PC")                         a logged-in-able User with staff record and a seat of that role
    person("PC", site=s, team=t)         … at a site, in a team; site=None gives a seat at every site
    seat(user.staff, "SM", site=s)       one more assignment for somebody
    team(site=s, supervisor=user)        a team, led by somebody
    superuser()                          everything but looking behind masks

Positions are made on demand along the reporting line of actors.md 1, one for each role.
"""

from datetime import date, timedelta
from itertools import count

from backoffice.jobs import clock
from backoffice.organisation.accounts.models import User, get_system_user
from backoffice.organisation.models import Assignment, Department, Position, SalesSite, Staff, Team
from backoffice.organisation.roles import Role
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.scope import system_viewer

PASSWORD = "correct-horse-82"
LONG_AGO = date(2020, 1, 1)
MAIN = object()

# Whom each role reports to. Source: actors.md 1.
SUPERIOR = {
    "GM": None,
    "DIR": "GM",
    "SM": "DIR",
    "DSM": "SM",
    "SS": "SM",
    "PC": "SS",
    "RC": "SM",
    "BO": "SM",
    "TMC": "SM",
    "MKT": "DIR",
    "CSM": "GM",
    "CSA": "CSM",
    "HR": "GM",
    "STK": "HR",
    "EDT": "HR",
    "TRN": "HR",
    "SYS": "HR",
    "FIN": "GM",
    "LEG": "GM",
    "DEV": "GM",
    "ENG": "GM",
    "VND": "SM",
    "CHN": "SM",
    "AUD": "GM",
}
_numbers = count(1)


def by_system(reason="test"):
    """The act of the system itself: everything allowed, masks on."""
    user = get_system_user("shell")
    return Act(user, "seed", reason, viewer=system_viewer(user))


def write(code, values, row=None, **kwargs):
    """Writes one row of register `code` through the door as the system and returns it as it is stored."""
    register = catalogue.get(code)
    wish = Write(values=values, row=row, **kwargs)
    apply(register, [wish], act=by_system())
    return register.model.rows.get(pk=wish.row.pk)


def site(code="A", **values):
    """The site called `code`, made when it is first asked for."""
    found = SalesSite.rows.filter(code=code, voided_at=None).first()
    if found:
        return found
    values = {"code": code, "name": f"Site {code}", "project": f"Project {code}", "area_code": "0512"} | values
    return write("site", values)


def department(code="D"):
    found = Department.rows.filter(code=code, voided_at=None).first()
    return found or write("department", {"code": code, "name": f"Department {code}"})


def position(role, superior=MAIN):
    """The position of `role`, with the positions above it."""
    found = Position.rows.filter(code=role, voided_at=None).first()
    if found:
        return found
    if superior is MAIN:
        superior = position(SUPERIOR[role]) if SUPERIOR[role] else None
    values = {"code": role, "name": str(Role(role).label), "department": department(), "role": role}
    return write("position", values | {"superior_position": superior})


def team(name=None, *, site=MAIN, supervisor=None, agency=""):
    """A team at a site. `supervisor` is a User or Staff, who joins the team as well."""
    leader = getattr(supervisor, "staff", supervisor)
    values = {"site": _site(site), "name": name or f"Team {next(_numbers)}", "agency": agency, "supervisor": leader}
    made = write("team", values)
    if leader is not None:
        write("staff", {"team": made}, row=leader)
    return made


def staff(name=None, *, site=MAIN, team=None, **values):
    """A staff record without position or account."""
    number = next(_numbers)
    defaults = {
        "site": _site(site) or globals()["site"](),
        "number": f"{number:05d}",
        "name": name or f"Person {number}",
        "phone": f"1990000{number % 10000:04d}",
        "team": team,
    }
    return write("staff", defaults | values)


def seat(staff, role, *, site=MAIN, since=LONG_AGO, until=None, **values):
    """An assignment of `staff` to the position of `role`. `site=None`: at every site."""
    values = {
        "staff": staff,
        "position": position(role),
        "site": _site(site),
        "valid_from": since,
        "valid_to": until,
    } | values
    return write("assignment", values)


def cover(staff, absent, role, *, site=MAIN, days=7):
    """`staff` stands in for `absent` in the position of `role`, from today for `days` days."""
    today = clock.today()
    return seat(
        staff,
        role,
        site=site,
        since=today,
        until=today + timedelta(days=days - 1),
        is_primary=False,
        is_acting=True,
        acting_for=absent,
    )


def account(staff, username=None, **values):
    """A login for `staff` with PASSWORD."""
    user = User(username=username or f"user{next(_numbers)}", staff=staff, first_name=staff.name, **values)
    user.set_password(PASSWORD)
    user.save()
    return user


def person(role, *, site=MAIN, team=None, name=None, username=None, since=LONG_AGO, until=None):
    """A User with a staff record and a seat of `role`: at the main site, at `site`, or everywhere with None."""
    at = _site(site)
    made = staff(name, site=at if at is not None else MAIN, team=team)
    user = account(made, username)
    seat(made, role, site=at, since=since, until=until)
    return User.objects.get(pk=user.pk)


def superuser(username="root"):
    user = User(username=username, is_superuser=True, is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def again(user):
    """`user` as the next request will see it: read afresh, without the seats remembered for this one."""
    return User.objects.get(pk=user.pk)


def sign_in(client, user):
    """Logs `user` in to a test client, seen afresh. Returns the client."""
    client.force_login(again(user), backend="backoffice.organisation.backends.SeatHolders")
    return client


def end(user, last_day):
    """Ends every open assignment of `user` on `last_day`."""
    for row in Assignment.rows.filter(staff=user.staff_id, valid_to=None, voided_at=None):
        write("assignment", {"valid_to": last_day}, row=row)


def rename(user, name):
    write("staff", {"name": name}, row=Staff.rows.get(pk=user.staff_id))


def lead(team, user):
    write("team", {"supervisor": user.staff}, row=Team.rows.get(pk=team.pk))


def _site(given):
    return site() if given is MAIN else given
