"""The field by which a record names a member of staff."""

from django.db import models


class StaffField(models.ForeignKey):
    """A member of staff; kept by the record even after the person has left."""

    sheet_kind = "Person"

    def __init__(self, verbose_name=None, **kwargs):
        kwargs = {"on_delete": models.PROTECT, "related_name": "+"} | kwargs
        super().__init__(**{"to": "organisation.Staff", "verbose_name": verbose_name} | kwargs)

    def candidates(self, rows):
        """Those of `rows` (staff) whom a spreadsheet may name: whoever has not left."""
        return rows.exclude(status="left")
