"""The list as one person has it before them: the view that is open, the columns in their order, the page size."""

from django.utils.functional import cached_property

from . import views
from .models import SavedView
from .operands import NotUnderstood

SIZES = (20, 50, 100, 200)
SIZE = 50
MOST_COLUMNS = 40
# Columns of the engine that a list can show.
SYSTEM = ("created_at", "updated_at")


class Arranged:
    """`asked` is the view named in the address; `untouched` an address that asks for nothing else either."""

    def __init__(self, register, viewer, asked="", *, untouched=True):
        self.register, self.viewer, self.problem = register, viewer, ""
        found = views.offered(register, viewer)
        self.views = [view for view in found if view.name]
        self.arrangements = {view.on_id: view for view in found if not view.name}
        self.first = views.opened(self.views, "", untouched=True)
        try:
            self.view = views.opened(self.views, asked, untouched=untouched)
        except NotUnderstood as error:
            self.view, self.problem = None, error.sentence

    @property
    def arrangement(self):
        """What the viewer chose for this view, or for the list without one; None when they chose nothing."""
        return self.arrangements.get(self.view and self.view.pk)

    @cached_property
    def columns(self):
        """The columns to show. Names that no field has (any more) are left out."""
        sources = (self.arrangement and self.arrangement.columns, self.view and self.view.columns)
        for names in filter(None, sources):
            if columns := [self.register.column(name) for name in names if name in self.known]:
                return columns
        return self.register.list_columns_for(self.viewer)

    @cached_property
    def size(self):
        sources = (self.arrangement and self.arrangement.size, self.view and self.view.size)
        return next((size for size in sources if size in SIZES), SIZE)

    @cached_property
    def known(self):
        """The names of all columns a list of this register can show."""
        return [*self.register.fields_for(self.viewer), *SYSTEM]

    def choices(self):
        """[(Column, shown)] for the chooser: those shown first, in their order."""
        shown = self.columns
        names = {column.name for column in shown}
        rest = [self.register.column(name) for name in self.known if name not in names]
        return [(column, True) for column in shown] + [(column, False) for column in rest]

    def arrange(self, *, columns=None, size=None):
        """Keeps what the viewer chose; what is left out stays. Unknown names and sizes are left out."""
        chosen = self.arrangement or SavedView(
            register=self.register.code, owner=self.viewer.user, name="", on=self.view
        )
        if columns is not None:
            chosen.columns = [name for name in dict.fromkeys(columns) if name in self.known][:MOST_COLUMNS]
        if size in SIZES:
            chosen.size = size
        chosen.save()

    def reset(self):
        if self.arrangement is not None:
            self.arrangement.delete()
