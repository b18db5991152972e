"""Bringing an installation up to date before it serves; each step looks first whether there is anything to do."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils.translation import gettext as _


def prepare(say, demo):
    """Tables, and the demo site if it is wanted. `say(sentence)` tells what takes time."""
    if tables_lag_behind():
        say(_("Preparing the database …"))
        call_command("migrate", verbosity=0, interactive=False)
    if demo and nobody_can_sign_in():
        say(_("Filling the empty database with the demo site …"))
        call_command("seed_demo")


def tables_lag_behind():
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def nobody_can_sign_in():
    """Whether the database has no accounts yet, those aside that the product keeps for its own acts."""
    without_password = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return not get_user_model().objects.exclude(without_password).exists()
