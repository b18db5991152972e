"""The export of a list: what will leave is said first, then the file is streamed."""

import tempfile

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from .. import exports
from . import pages
from .editing import REASON, reason_in
from .listing import ListFrame

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportView(ListFrame):
    """The rows of the list as it stands (its filters, search and order) as a file; masks hold."""

    template_name = "registers/export.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.register.may(self.viewer, "export"):
            raise Http404

    def get_page_title(self):
        return _("Export")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    @property
    def rows(self):
        """The rows of the list that the viewer may export: within the reach of a seat that holds the verb."""
        allowed = self.register.changeable(self.viewer, "export").values("pk")
        return self.listing.rows.filter(id__in=allowed)

    def get(self, request, *args, **kwargs):
        return self.ask()

    def ask(self, status=200):
        register = self.register
        masked = [column for column in register.fields_for(self.viewer).values() if column.personal]
        return self.page(
            status,
            count=pages.capped_count(self.rows),
            cap=pages.CAP,
            described=self.listing.described(),
            masked=_(", ").join(str(column.label) for column in masked),
            shown=_(", ").join(str(column.label) for column in self.listing.columns),
            problem=self.listing.problem,
            back_url=self.address(),
            reason_name=REASON,
        )

    def post(self, request, *args, **kwargs):
        if self.listing.problem:
            return self.ask(422)
        register, sorting = self.register, self.listing.sorting
        kind = request.POST.get("kind") if request.POST.get("kind") in exports.FORMATS else "xlsx"
        names = [column.name for column in self.listing.columns]
        if request.POST.get("columns") == "all":
            names = [column.name for _heading, columns in register.layout_for(self.viewer) for column in columns]
        rows = sorting.order(sorting.mark(self.rows))
        described, reason = self.listing.described(), reason_in(request)
        access = exports.written_down(register, self.viewer, names, rows, described, reason)
        name = exports.file_name(register, access, kind, self.listing.moment)
        if kind == "csv":
            found = exports.csv_lines(register, self.viewer, rows, names)
            disposition = {"Content-Disposition": content_disposition_header(True, name)}
            return StreamingHttpResponse(found, content_type=CONTENT_TYPES[kind], headers=disposition)
        target = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        notes = exports.notes(register, access, described, self.listing.moment)
        parts = register.parts if request.POST.get("columns") == "all" else ()
        exports.write_xlsx(target, register, self.viewer, rows, names, notes, parts, self.listing.moment)
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=name, content_type=CONTENT_TYPES[kind])
