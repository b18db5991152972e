"""What is done to an added field: released, archived, brought back, changed into another kind, indexed.

Each is a page that says what will happen, asks why, and does it.
"""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..models import ChangeSet
from ..screens import addresses
from ..screens.addresses import fields_url
from ..screens.editing import REASON, reason_in
from . import converting, operations, wording
from .pages import FieldFrame


class DeedView(FieldFrame):
    """A page that says what will happen, asks why, and does it."""

    template_name = "definitions/deed.html"
    title = button = done = explanation = ""
    needs_reason = True
    dangerous = False

    def get_page_title(self):
        return self.title

    def get(self, request, *args, **kwargs):
        return self.ask()

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if self.needs_reason and not reason:
            return self.ask(_("Please give a reason."), 422)
        try:
            self.do(reason)
        except ValidationError as error:
            return self.ask(" ".join(error.messages), 422)
        messages.success(request, self.done)
        return HttpResponseRedirect(fields_url(self.register))

    def ask(self, mistake="", status=200, **context):
        told = {"title": self.title, "button": self.button, "explanation": self.explanation}
        told |= {"mistake": mistake, "reason_name": REASON, "needs_reason": self.needs_reason}
        return self.page(
            status, reason=self.request.POST.get(REASON, ""), dangerous=self.dangerous, **told, **context
        )


class ReleaseView(DeedView):
    title = gettext_lazy("What will change")
    button = gettext_lazy("Release")
    done = gettext_lazy("Released. From now on it counts everywhere.")

    def ask(self, mistake="", status=200):
        definition = self.definition
        if definition.archived_at is not None or (definition.released_at and not definition.draft):
            raise Http404
        steps = wording.prepared(self.register, definition)
        return super().ask(
            mistake, status, steps=steps, told=wording.consequences(self.register, definition), may_discard=True
        )

    def do(self, reason):
        operations.release(self.definition, self.viewer, reason)


class DiscardView(DeedView):
    http_method_names = ["post"]
    needs_reason = False
    done = gettext_lazy("The draft is discarded.")

    def do(self, reason):
        operations.discard(self.definition, self.viewer)


class ArchiveView(DeedView):
    dangerous = True
    title = button = gettext_lazy("Archive the field")
    done = gettext_lazy("The field is archived.")
    explanation = gettext_lazy(
        "The field leaves every form, list, filter, file and answer. Records and their history keep its values, "
        "and it can be brought back."
    )

    def do(self, reason):
        operations.archive(self.definition, self.viewer, reason)


class BackView(DeedView):
    title = button = gettext_lazy("Bring the field back")
    done = gettext_lazy("The field is back.")
    explanation = gettext_lazy("The field returns with the values that records still hold.")

    def do(self, reason):
        operations.bring_back(self.definition, self.viewer, reason)


class ConvertView(DeedView):
    """Another kind for a field: what would become of its values, then the copying and how far it is."""

    template_name = "definitions/convert.html"
    title = gettext_lazy("Change kind")
    button = gettext_lazy("Copy the values")

    def get(self, request, *args, **kwargs):
        if "json" in request.GET:
            job = converting.progress_of(self.definition)
            return JsonResponse(job.as_progress() if job else {}, status=200 if job else 404)
        return self.ask()

    @cached_property
    def kind(self):
        """The kind asked for, or nothing."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        kind = given.get("kind", "")
        return kind if kind in dict(converting.targets(self.definition)) else ""

    def ask(self, mistake="", status=200):
        job, targets = converting.progress_of(self.definition), converting.targets(self.definition)
        if job is None and not targets:
            raise Http404
        column = self.register.fields.get(self.definition.key)
        told = {"job": job and job.as_progress(), "targets": targets, "kind": self.kind}
        if job is not None:
            result = job.result or {}
            found = ChangeSet.objects.filter(public_id=result.get("change_set", "")).first()
            told |= {"result": result, "change_set_url": addresses.change_set_url(found) if found else ""}
            told["new_url"] = self.own_url("field", self.definition.replaced_by.key)
        elif self.kind and column.open_to(self.viewer):
            told["preview"] = converting.preview(column, self.kind)
        return super().ask(mistake, status, **told)

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if not reason or not self.kind:
            return self.ask(_("Please choose a kind and give a reason."), 422)
        try:
            converting.start(self.definition, self.kind, self.viewer, reason)
        except ValidationError as error:
            return self.ask(" ".join(error.messages), 422)
        return HttpResponseRedirect(request.path)


class IndexView(FieldFrame):
    """Has the worker build an index of the values, or drop it."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        wanted = request.POST.get("wanted") == "1"
        try:
            operations.index(self.definition, self.viewer, wanted)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            built = _("The index is being built. Lists use it as soon as it is there.")
            messages.success(request, built if wanted else _("The index is being dropped."))
        return HttpResponseRedirect(self.own_url("field", self.definition.key))
