"""The pages of an import: upload, look and decide, follow, result. They belong to whoever uploaded the file."""

from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst, get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..changes.undo import may_undo
from ..scope import viewer_of
from ..screens import addresses
from ..screens.frame import RegisterFrame
from ..sheets.containers import MAX_FILE_BYTES, FileRefused
from ..sheets.messages import file_message
from . import deciding, preview, upload, workbooks
from .layouts import importable, sites_for
from .models import ImportBatch

State = ImportBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = 20


class ImportFrame(RegisterFrame):
    """A page of imports into one register; who may not import there does not find it."""

    def setup(self, request, *args, **kwargs):
        self.register = importable(self.code(**kwargs), viewer_of(request.user))
        if self.register is None:
            raise Http404
        super().setup(request, *args, **kwargs)

    def code(self, **kwargs):
        return kwargs["code"]

    def get_breadcrumbs_items(self):
        upload_url = reverse("imports_upload", args=[self.register.code])
        return [*super().get_breadcrumbs_items(), {"url": upload_url, "label": _("Import")}]


class UploadView(ImportFrame):
    """Choosing a file, and the imports of the same person so far."""

    template_name = "imports/upload.html"
    page_title = gettext_lazy("Import a spreadsheet")

    @cached_property
    def sites(self):
        return sites_for(self.register, self.viewer)

    def get(self, request, *args, **kwargs):
        return self.ask()

    def ask(self, mistake="", status=200):
        batches = ImportBatch.objects.filter(owner=self.request.user, register=self.register.code)
        return self.page(
            status,
            mistake=mistake,
            sites=self.sites,
            site=self.viewer.site or (self.sites[0].pk if self.sites else None),
            batches=batches.select_related("change_set__undone_by")[:LATEST],
            limit=MAX_FILE_BYTES,
            limit_mb=MAX_FILE_BYTES // 1024 // 1024,
            template_url=reverse("imports_template", args=[self.register.code]),
        )

    def post(self, request, *args, **kwargs):
        file, site = request.FILES.get("file"), None
        if file is None:
            return self.ask(_("Please choose a file."), 422)
        if self.sites:
            site = next((one for one in self.sites if str(one.pk) == request.POST.get("site")), None)
            site = site or (self.sites[0] if len(self.sites) == 1 else None)
            if site is None:
                return self.ask(_("Please choose the sales site."), 422)
        try:
            batch = upload.receive(self.register, file, owner=request.user, site=site, name=file.name)
        except FileRefused as refused:
            return self.ask(file_message(refused.reason, refused.params), 422)
        if batch.same_file is None:
            upload.queue_reading(batch)
        return HttpResponseRedirect(reverse("imports_batch", args=[batch.public_id]))


class TemplateView(ImportFrame):
    """An empty list to fill in."""

    def get(self, request, *args, **kwargs):
        name = get_valid_filename(f"{capfirst(self.register.label_plural)}-{_('template')}.xlsx")
        file = workbooks.template_workbook(self.register, self.viewer)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


class BatchFrame(ImportFrame):
    """Something about one import, for the person who uploaded the file."""

    def code(self, **kwargs):
        owned = ImportBatch.objects.select_related("owner", "site", "job", "change_set__undone_by")
        self.batch = get_object_or_404(owned, public_id=kwargs["key"], owner=self.request.user)
        return self.batch.register

    def setup(self, request, *args, **kwargs):
        self.request = request
        super().setup(request, *args, **kwargs)

    def back(self):
        return HttpResponseRedirect(reverse("imports_batch", args=[self.batch.public_id]))


class BatchView(BatchFrame):
    """The one page of an import: what it shows follows from how far the import has come."""

    def get_page_title(self):
        return self.batch.name

    def get_template_names(self):
        pages = {
            State.READING: "imports/progress.html",
            State.APPLYING: "imports/progress.html",
            State.PREVIEWED: "imports/preview.html",
            State.NEEDS_ANSWERS: "imports/preview.html",
            State.DONE: "imports/result.html",
        }
        return [pages.get(self.batch.state, "imports/stopped.html")]

    def get(self, request, *args, **kwargs):
        batch = self.batch
        context = {"batch": batch, "progress": progress_of(batch)}
        if batch.state in (State.PREVIEWED, State.NEEDS_ANSWERS, State.DONE):
            context |= self.rows(request)
        if batch.state in (State.PREVIEWED, State.NEEDS_ANSWERS, State.REJECTED):
            context |= self.decisions()
        if batch.state == State.DONE:
            context |= self.result()
        return self.page(**context)

    def rows(self, request):
        shown, number = request.GET.get("show", ""), request.GET.get("p", "")
        figures = preview.figures(self.batch)
        if shown not in preview.SHOWN:
            shown = "refused" if self.batch.state == State.DONE else ""
        number = min(int(number), 100_000) if number.isdigit() and int(number) else 1
        rows, more = preview.rows_shown(self.batch, shown, number)
        lines = preview.Lines(self.batch, self.register, self.viewer).of(rows)
        return {"figures": figures, "shown": shown, "lines": lines, "more": more, "number": number}

    def decisions(self):
        batch, register = self.batch, self.register
        reading = batch.reading
        return {
            "questions": preview.questions(batch, register),
            "notes": preview.notes(batch),
            "sheets": preview.sheets(batch),
            "columns": preview.columns(batch, register),
            "unmapped": preview.unmapped(batch),
            "areas": [question for question in reading.get("questions", []) if question["kind"] == "area"],
            "visible": reading.get("counts_visible_rows_only"),
            "visible_only": batch.options.get("visible_only"),
            "writable": sum(batch.counts.get("actions", {}).get(action, 0) for action in ("create", "update")),
            "may_read_again": bool(batch.file),
        }

    def result(self):
        change_set = self.batch.change_set
        undone_by = getattr(change_set, "undone_by", None)
        not_written = self.batch.counts.get("conflicts", 0) + self.batch.counts.get("refused_when_written", 0)
        not_written += self.batch.counts.get("actions", {}).get("refused", 0)
        open_to_undo = change_set.finished_at and change_set.touched and undone_by is None
        return {
            "change_set": change_set,
            "change_set_url": addresses.change_set_url(change_set),
            "undo_url": addresses.change_set_url(change_set, "undo")
            if open_to_undo and may_undo(change_set, self.viewer)
            else "",
            "undone_by": undone_by,
            "undone_url": addresses.change_set_url(undone_by) if undone_by else "",
            "undo_progress_url": addresses.change_set_url(change_set, "progress"),
            "not_written": not_written,
            "list_url": addresses.list_url(self.register),
        }


class ReadView(BatchFrame):
    """Takes decisions and has the file read again."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if not deciding.take_decisions(self.batch, self.register, request.POST, request.user):
            messages.warning(request, _("This file cannot be read again. Please upload it anew."))
        return self.back()


class ConfirmView(BatchFrame):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if not deciding.confirm(self.batch, request.POST.get("digest", "")):
            messages.warning(request, _("The preview has changed in the meantime. Please look at it again."))
        return self.back()


class DiscardView(BatchFrame):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if deciding.discard(self.batch):
            messages.success(request, _("The import was discarded. Nothing was written."))
        return HttpResponseRedirect(reverse("imports_upload", args=[self.register.code]))


class GoOnView(BatchFrame):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        deciding.go_on(self.batch)
        return self.back()


class ProgressView(BatchFrame):
    """How far the import has come, as JSON for the page that waits."""

    def get(self, request, *args, **kwargs):
        return JsonResponse(progress_of(self.batch))


class RefusedView(BatchFrame):
    """The rows that were not written, with the reasons, to correct and upload again."""

    def get(self, request, *args, **kwargs):
        if not self.batch.reading.get("mapping") or not self.batch.file:
            raise Http404
        stem = self.batch.name.rpartition(".")[0] or self.batch.name
        name = get_valid_filename(f"{stem}-{_('refused')}.xlsx")
        file = workbooks.refused_workbook(self.batch, self.register)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def progress_of(batch):
    """{"label", "done", "total", "percent", "message", "finished"}: finished means that the page has more to show."""
    job = batch.job.as_progress() if batch.job else {"done": 0, "total": None, "percent": None, "message": ""}
    return {
        "label": str(batch.get_state_display()),
        "done": job["done"],
        "total": job["total"],
        "percent": job["percent"],
        "message": job["message"],
        "finished": batch.state not in (State.READING, State.APPLYING),
    }
