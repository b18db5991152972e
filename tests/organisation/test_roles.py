"""The permission matrix as data, and the groups made of it. Source: actors.md 2."""

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache

from backoffice.organisation.roles import Role, cell, codenames, matrix, permissions_of, roles_with, sync_roles

STAFF = "organisation.{}_staff".format


def held(role):
    return {name.removesuffix("_staff").removeprefix("organisation.") for name in codenames(role) if "_staff" in name}


def test_the_matrix_holds_87_systems_and_every_role():
    assert len(matrix()) == 87
    assert all(set(row) == set(Role) for row in matrix().values())
    filled = sum(bool(found.view) for row in matrix().values() for role, found in row.items() if role in COLUMNS)
    assert filled == 948


COLUMNS = set(Role) - {Role.DSM, Role.DEV, Role.ENG, Role.VND, Role.CHN, Role.AUD}


@pytest.mark.parametrize(
    ("role", "system", "view", "letters"),
    [
        ("HR", "organisation-positions", "A", "cexg"),
        ("SM", "unit-control", "A", "ceaxg"),
        ("DSM", "unit-control", "A", "cex"),
        ("PC", "customer-profile", "O", "ce"),
        ("CSA", "handover", "A", "e"),
        ("RC", "follow-up-plan", "", ""),
        ("AUD", "audit-backup", "A", ""),
        ("CHN", "channel-lead-reporting", "", ""),
    ],
)
def test_cells_are_those_of_the_matrix(role, system, view, letters):
    assert (cell(role, system).view, cell(role, system).letters) == (view, frozenset(letters))


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("PC", {"view_own"}),
        ("SS", {"view_team"}),
        ("SM", {"view_site"}),
        ("GM", {"view_site", "approve", "void", "export", "reveal"}),
        ("SYS", {"view_site"}),
        ("HR", {"view_site", "add", "change", "void", "import", "export", "configure", "reveal"}),
    ],
)
def test_letters_become_verbs_of_the_registers(role, verbs):
    assert held(role) == verbs


def test_whoever_never_reveals_never_does():
    for role in ("SYS", "AUD", "MKT"):
        assert not any(".reveal_" in name for name in codenames(role))


def test_channel_agents_have_no_admin():
    admin = "wagtailadmin.access_admin"
    assert {role.value for role in Role if admin not in codenames(role)} == {"CHN"}


def test_roles_with_a_letter():
    assert set(roles_with("audit-backup", "g")) == {"SYS"}


@pytest.mark.django_db
def test_groups_are_made_of_the_matrix_and_put_right_again():
    group = Group.objects.get(name="PC")
    before = set(group.permissions.values_list("pk", flat=True))
    assert permissions_of(["PC"])["PC"] == {name for name in codenames("PC") if name in permissions_of(["PC"])["PC"]}
    group.permissions.clear()
    assert permissions_of(["PC"])["PC"] == frozenset()
    sync_roles()
    assert set(group.permissions.values_list("pk", flat=True)) == before
    assert STAFF("view_own") in permissions_of(["PC"])["PC"]


@pytest.mark.django_db
def test_kept_permissions_cost_one_query_once(django_assert_num_queries):
    cache.clear()
    with django_assert_num_queries(1):
        permissions_of(["PC", "SM"])
    with django_assert_num_queries(0):
        permissions_of(["SM"])
