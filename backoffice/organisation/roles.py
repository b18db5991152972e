"""The role codes, what each may do in each system, and the Django groups that carry those rights.

The permission matrix stands in `permission_matrix.txt`, one line for each system. A cell such as `T:ce`:

- the view: `O` own records, `T` the team's, `A` all of the site, `-` none
- after the colon: `c` create, `e` edit, `a` approve or decide, `x` export, `g` configure

A view never means unmasked, and `a` never covers own submissions. Source: actors.md 2.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.cache import cache as shared_cache
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    GM = "GM", _("general manager")
    DIR = "DIR", _("sales director")
    SM = "SM", _("sales manager")
    DSM = "DSM", _("deputy sales manager")
    SS = "SS", _("sales supervisor")
    PC = "PC", _("property consultant")
    RC = "RC", _("receptionist")
    CSM = "CSM", _("customer-service supervisor")
    CSA = "CSA", _("customer-service agent")
    BO = "BO", _("back-office clerk")
    TMC = "TMC", _("title and mortgage clerk")
    FIN = "FIN", _("finance")
    HR = "HR", _("people and administration supervisor")
    MKT = "MKT", _("marketing")
    LEG = "LEG", _("legal counsel")
    STK = "STK", _("storekeeper")
    EDT = "EDT", _("content editor")
    TRN = "TRN", _("trainer")
    SYS = "SYS", _("system administrator")
    DEV = "DEV", _("developer's representative")
    ENG = "ENG", _("engineering and property handover")
    VND = "VND", _("on-site contractor staff")
    CHN = "CHN", _("channel agent")
    AUD = "AUD", _("reviewer")


VIEWS = {"O": "own", "T": "team", "A": "site"}

# Which verbs of a register each letter grants.
VERBS_OF = {
    "c": {"add"},
    "e": {"change"},
    "a": {"approve", "void"},
    "x": {"export"},
    "g": {"configure", "add", "change", "import", "void"},
}
# Roles that never look behind a mask, whatever else they may do.
NEVER_REVEAL = {Role.SYS, Role.AUD, Role.MKT}
# Roles that work outside the admin: a channel agent has a report form and nothing else.
NO_ADMIN = {Role.CHN}

# The roles that the matrix describes in words instead of a column.
_DESCRIBED = {
    Role.ENG: {
        "handover": "A:e",
        "hotline-tickets": "A:e",
        "after-sales-service": "A:e",
        "property-counter": "A:e",
    },
    Role.VND: {"attendance": "O:c", "site-8s": "O:e", "cleaning-inspection": "O:e"},
    Role.DEV: {},
    Role.CHN: {},
}


@dataclass(frozen=True)
class Cell:
    """What one role may do in one system: `view` is "O", "T", "A" or "", `letters` a set of c, e, a, x, g."""

    view: str = ""
    letters: frozenset = frozenset()

    def verbs(self, role):
        """The verbs of a register of this system, `view_own` and its like included."""
        found = {f"view_{VIEWS[self.view]}"} if self.view else set()
        for letter in self.letters:
            found |= VERBS_OF[letter]
        if {"c", "x"} <= self.letters:
            found.add("import")
        if self.letters & set("cea") and role not in NEVER_REVEAL:
            found.add("reveal")
        return found


def read_cell(text):
    view, _colon, letters = text.partition(":")
    return Cell("" if view == "-" else view, frozenset(letters))


@cache
def matrix():
    """{system id: {role: Cell}} of all 87 systems; a role without a cell may do nothing there."""
    lines = Path(__file__).with_name("permission_matrix.txt").read_text(encoding="utf-8").splitlines()
    columns = [Role(code) for code in lines[0].split()]
    found = {}
    for line in lines[1:]:
        system, *cells = line.split()
        row = dict(zip(columns, map(read_cell, cells), strict=True))
        manager = row[Role.SM]
        row[Role.DSM] = Cell(manager.view, manager.letters - set("ag"))
        row[Role.AUD] = Cell("A")
        for role, described in _DESCRIBED.items():
            row[role] = read_cell(described.get(system, "-"))
        found[system] = row
    return found


def cell(role, system):
    """The Cell of `role` in `system`; KeyError when there is no such system."""
    return matrix()[system][role]


def cells_of(register):
    """{role: Cell} of one register: the row of its system, or the rights it states itself; None for a register that
    everybody sees."""
    if register.systems:
        return matrix()[register.systems[0]]
    if not register.rights:
        return None
    return {role: read_cell(register.rights.get(role.value, "-")) for role in Role}


def roles_with(system, letter):
    """The roles that hold `letter` in `system`."""
    return [role for role, found in matrix()[system].items() if letter in found.letters]


# Functions `(role code) -> codenames` by which higher layers give rights to things that are no register.
GRANTS = []
# Functions `({role code: Group})`, called when the groups stand: for rights that Wagtail keeps elsewhere.
WHEN_SYNCED = []


def audit_rights(role):
    """The rights of `role` on the audit log, which is no register: to read it and to export it."""
    found = cell(role, "audit-backup")
    verbs = (["view"] if found.view else []) + (["export"] if "x" in found.letters else [])
    return {f"audit.{verb}_event" for verb in verbs}


def codenames(role):
    """Every permission of `role`, for example `customers.view_own_customer`, from the registers' systems."""
    from backoffice.registers import catalogue

    found = set() if role in NO_ADMIN else {"wagtailadmin.access_admin"}
    for register in catalogue.declared():
        cells = cells_of(register)
        if cells:
            found |= {register.permission(verb) for verb in cells[role].verbs(role)}
    for grant in GRANTS:
        found |= set(grant(role))
    return found


def sync_roles(**kwargs):
    """Makes one group for each role, named by its code, with exactly the role's permissions. Safe to repeat."""
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.values_list("content_type__app_label", "codename", "pk")
    }
    groups = {group.name: group for group in Group.objects.filter(name__in=Role.values)}
    for role in Role:
        group = groups.get(role) or Group.objects.create(name=role.value)
        groups[role.value] = group
        wanted = {known[name] for name in codenames(role) if name in known}
        held = set(group.permissions.values_list("pk", flat=True))
        group.permissions.remove(*(held - wanted))
        group.permissions.add(*(wanted - held))
    for function in WHEN_SYNCED:
        function(groups)
    forget_permissions()


_KEPT_SECONDS = 60


def _key(role):
    return f"role-permissions:{role}"


def permissions_of(roles):
    """{role: frozenset of codenames} as the groups hold them, kept for a minute or until a group changes."""
    from django.contrib.auth.models import Permission

    kept = shared_cache.get_many([_key(role) for role in roles])
    missing = [role for role in roles if _key(role) not in kept]
    if missing:
        read = {role: set() for role in missing}
        rows = Permission.objects.filter(group__name__in=missing).values_list(
            "group__name", "content_type__app_label", "codename"
        )
        for role, app, codename in rows:
            read[role].add(f"{app}.{codename}")
        kept |= {_key(role): frozenset(names) for role, names in read.items()}
        shared_cache.set_many({_key(role): kept[_key(role)] for role in missing}, _KEPT_SECONDS)
    return {role: kept[_key(role)] for role in roles}


def forget_permissions(**kwargs):
    """Reads the groups afresh at the next look. Called whenever a group's permissions change."""
    shared_cache.delete_many([_key(role) for role in Role.values])
