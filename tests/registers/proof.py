"""Every connection of the suite refuses to write records outside the door."""

from django.db import connections
from django.db.backends.signals import connection_created

from backoffice.registers import catalogue
from backoffice.registers.changes.opening import refuse_writes_outside

_wrapper = refuse_writes_outside(catalogue.tables)


def watch(connection, **kwargs):
    if _wrapper not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wrapper)


def install():
    """Watches the connections there are and those to come."""
    connection_created.connect(watch, dispatch_uid="door.proof")
    for connection in connections.all(initialized_only=True):
        watch(connection)
