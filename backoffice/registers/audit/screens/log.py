"""The audit log: every entry over all registers, for who holds the right; one's own acts for everybody else."""

import tempfile

import xlsxwriter
from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button

from ... import catalogue
from ...models import Access, ChangeSet
from ...screens.frame import HOME, Frame
from .. import log
from ..models import Event

# One file holds no more entries; whoever needs more narrows by days.
MOST = 100_000
CHUNK = 1000


class LogFrame(Frame):
    header_icon = "history"

    @cached_property
    def asked(self):
        return log.Asked.of(self.request.GET)

    @cached_property
    def events(self):
        return self.asked.narrowed(log.readable(self.viewer))

    def get_page_title(self):
        return _("Audit log") if log.reads_all(self.viewer) else _("What I did")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": reverse("audit:log"), "label": self.get_page_title()}]


class LogView(LogFrame):
    template_name = "audit/log.html"

    @cached_property
    def header_more_buttons(self):
        if not log.may_export(self.viewer):
            return []
        url = f"{reverse('audit:export')}?{urlencode(self.asked.parameters)}"
        return [Button(_("Export this list"), url, icon_name="download")]

    def get(self, request, *args, **kwargs):
        found, more = log.page(self.events, self.asked.before)
        here = reverse("audit:log")
        return self.page(
            422 if self.asked.problem else 200,
            lines=log.lines(found, self.viewer),
            asked=self.asked,
            reads_all=log.reads_all(self.viewer),
            people=log.people() if log.reads_all(self.viewer) else [],
            registers=[(register.code, capfirst(register.label_plural)) for register in catalogue.keepers()],
            channels=ChangeSet.Channel.choices,
            deeds=[choice for choice in Event.Deed.choices if choice[0] != Event.Deed.CLOSED],
            here=here,
            newest_url=f"{here}?{urlencode(self.asked.parameters)}" if self.asked.before else "",
            older_url=f"{here}?{urlencode(self.asked.parameters | {'before': more})}" if more else "",
        )


class LogExportView(LogFrame):
    """The entries as a workbook. What may be exported says the matrix; the export is an entry itself."""

    template_name = "audit/log_export.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not log.may_export(self.viewer):
            raise Http404

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Export")}]

    def get(self, request, *args, **kwargs):
        count = self.events.order_by().values("pk")[: MOST + 1].count()
        back = f"{reverse('audit:log')}?{urlencode(self.asked.parameters)}"
        return self.page(count=count, most=MOST, too_many=count > MOST, back_url=back)

    def post(self, request, *args, **kwargs):
        reason = request.POST.get("_reason", "").strip()[:200]
        count = self.events.order_by().values("pk")[: MOST + 1].count()
        if not reason or count > MOST:
            back = f"{reverse('audit:log')}?{urlencode(self.asked.parameters)}"
            problem = "" if reason else _("Please give a reason.")
            return self.page(422, count=count, most=MOST, too_many=count > MOST, back_url=back, problem=problem)
        access = Access.objects.create(
            kind=Access.Kind.EXPORT, actor=request.user, register="audit", rows=count, reason=reason
        )
        target = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        write(target, self.events.exclude(access=access), self.viewer)
        target.seek(0)
        stamp = timezone.localtime(access.at).strftime("%Y%m%d-%H%M")
        return FileResponse(target, as_attachment=True, filename=f"{_('Audit log')}-{stamp}-{access.pk}.xlsx")


def write(target, events, viewer):
    """Writes `events`, newest first, as a workbook of texts."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(_("Audit log"))
    heads = {
        "at": _("When"),
        "who": _("Who"),
        "deed": _("What"),
        "register": _("Register"),
        "name": _("Record"),
        "fields": _("Fields"),
        "channel": _("Channel"),
        "reason": _("Reason"),
        "origin": _("From where"),
    }
    sheet.set_column(0, len(heads), 18)
    for place, head in enumerate(heads.values()):
        sheet.write_string(0, place, head, book.add_format({"bold": True}))
    line, before = 0, None
    while True:
        found, before = log.page(events, before, CHUNK)
        for shown in log.lines(found, viewer):
            line += 1
            shown["at"] = timezone.localtime(shown["at"]).strftime("%Y-%m-%d %H:%M:%S")
            for place, name in enumerate(heads):
                sheet.write_string(line, place, str(shown[name]))
        if before is None:
            break
    book.close()
