"""Start-up checks."""

from django.conf import settings
from django.core import checks
from django.db import connections
from django.utils.translation import gettext as _


@checks.register(checks.Tags.database)
def clock_is_not_shifted(app_configs, databases, **kwargs):
    """A shift left by demo data must not travel into production (run by `check --database default`)."""
    from .models import ClockShift

    if settings.DEMO or "default" not in (databases or ()):
        return []
    if ClockShift._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if not ClockShift.objects.exists():
        return []
    return [checks.Error(_("The clock of this database is shifted."), id="jobs.E001")]
