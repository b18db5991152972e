"""Parts: lines that belong to a record, such as the members of a customer's household.

A part keeps its lines like a register keeps its records, with their own history, masks and versions, but nobody
opens or writes a line by itself. Lines are written as `Write.lines` of their record, through the same door, in the
same change set, and every such act gives the record a new version. Who sees a record sees its lines; who may change
it may change them.

    class HouseholdLines(Part):
        model, of = HouseholdMember, "customer"
        columns = ["name", "relation", "phone"]

    class CustomerRegister(Register):
        parts = [HouseholdLines]
"""

from functools import cached_property

from django.core.exceptions import ImproperlyConfigured

from .register import Register
from .scope import Scope


class Part(Register):
    """Declare one by naming its model and `of`, the field of it that points to the record.

    `key` names a line among those of its record: no record has two with the same.
    """

    of = ""
    ordering = ("id",)

    @classmethod
    def declared(cls):
        """A part enters the catalogue with its register."""

    def __init__(self, register):
        super().__init__()
        self.register = register
        if self.options.get_field(self.of).remote_field.model is not register.model:
            raise ImproperlyConfigured(f"{self.model}.{self.of} does not point to {register.model}.")
        whose = register.scope
        self.scope = Scope(
            own=whose.own and f"{self.of}__{whose.own}", site=whose.site and f"{self.of}__{whose.site}"
        )
        self.systems = register.systems

    @cached_property
    def own_fields(self):
        """The declared fields without the reference to the record."""
        return {name: column for name, column in super().own_fields.items() if name != self.of}

    @property
    def reference(self):
        """The attribute of a line that holds the row number of its record."""
        return f"{self.of}_id"

    # Who may do what follows from the record

    def permission(self, verb):
        return self.register.permission(verb)

    def visible(self, viewer):
        return self._of(self.register.visible(viewer), viewer)

    def changeable(self, viewer, verb="change"):
        return self._of(self.register.changeable(viewer, verb), viewer)

    def _of(self, records, viewer):
        rows = self.model.rows.all()
        return rows if viewer.everything else rows.filter(**{f"{self.of}__in": records.values("pk")})

    # Its lines

    def lines_of(self, rows, moment=None):
        """{row number of the record: [line]} of the living lines of `rows`, or of those at a past `moment`.

        `rows` are the records as they stand today; each line knows its record without asking the table.
        """
        from .audit import moments

        records = {row.pk: row for row in rows}
        kept = self.model.rows.filter(**{f"{self.of}__in": records})
        if moment is None:
            found = self.whole(kept.filter(voided_at=None)).order_by(*self.ordering)
        else:
            found = moments.presented(self, list(moments.whole(self, moments.states(self, kept, moment))))
            found = sorted((line for line in found if not line.is_void), key=lambda line: line.pk)
        lines = {key: [] for key in records}
        for line in found:
            record = records[getattr(line, self.reference)]
            for known in (line, getattr(line, "today", line)):
                setattr(known, self.of, record)
            lines[record.pk].append(line)
        return lines
