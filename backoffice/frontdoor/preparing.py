"""Bringing an installation up to date before it serves; each step looks first whether there is anything to do."""

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from backoffice.i18n.catalogues import compile_all


def prepare(say, demo):
    """Messages, tables, and the demo site if it is wanted. `say(sentence)` tells what takes time."""
    compile_all()
    if tables_lag_behind():
        say(_("Preparing the database …"))
        call_command("migrate", verbosity=0, interactive=False)
    if demo and not get_user_model().objects.exists():
        say(_("Filling the empty database with the demo site …"))
        call_command("seed_demo")


def tables_lag_behind():
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
