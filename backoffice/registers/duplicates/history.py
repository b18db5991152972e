"""The timeline of a kept record also tells what happened to the records that were merged into it."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from ..screens import timeline
from .models import Merged


@timeline.source
class BeforeMerging(timeline.Source):
    """The changes of every record that was merged into this one, each with the name it had."""

    name, label = "merged", pgettext_lazy("timeline", "Merged records")

    def _rows(self, asked):
        """[row] of what was merged into the record, as far as the viewer sees it."""
        numbers, found = [asked.row.pk], []
        while numbers:
            merged = Merged.objects.filter(
                register=asked.register.code, merge__kept__in=numbers, active=True, merge__active=True
            )
            numbers = [number for number in merged.values_list("row", flat=True) if number not in found]
            found += numbers
        return asked.register.visible(asked.viewer).filter(pk__in=found).in_bulk() if found else {}

    def keys(self, asked, limit):
        rows = self._rows(asked)
        if not rows:
            return []
        history = asked.register.history.objects.filter(id__in=rows).order_by("-pk")
        found = history.values_list("history_date", "id", "pk")[:limit]
        return [(at, (row, pk)) for at, row, pk in found]

    def entries(self, asked, keys):
        rows, found = self._rows(asked), {}
        for number in {row for row, _pk in keys}:
            row = rows[number]
            versions = [pk for owner, pk in keys if owner == number]
            name = asked.register.name_of(row, asked.viewer, set(rows))
            inner = timeline.SOURCES["changes"].entries(replace(asked, row=row, restorable=False), versions)
            for pk in versions:
                entry = inner[pk]
                entry.what = _("Merged from %(name)s: %(what)s") % {"name": name, "what": entry.what}
                found[number, pk] = entry
        return found
