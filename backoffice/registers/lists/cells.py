"""One cell of a list, changed in place: the field of the record's form, through the door, channel list."""

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from ..changes import Act, Conflict, Refused, Write, apply
from ..models import ChangeSet
from ..screens.form import RecordForm
from ..screens.frame import RecordFrame


def editable(register, viewer):
    """The names of the columns whose cells `viewer` may try to edit; whether they may in a row, the row decides.

    Personal data is left to the form, which says whose it is; what the viewer may not set is left alone.
    """
    if not register.may(viewer, "change"):
        return set()
    return {
        name
        for name, column in register.fields_for(viewer).items()
        if not column.personal and column.typed and name != register.scope.site and not column.read_only_for(viewer)
    }


class CellView(RecordFrame):
    """GET: the input of the cell. POST: its new text and version, or the sentences that say why not (422, 409)."""

    verb = "change"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.field = kwargs["field"]
        if self.row.is_void or self.field not in editable(self.register, self.viewer):
            raise Http404

    def form(self, data=None):
        form = RecordForm(self.register, self.viewer, self.row, data)
        if self.field not in form.fields:
            raise Http404
        for name in set(form.fields) - {self.field}:
            del form.fields[name]
        return form

    def get(self, request, *args, **kwargs):
        context = {"field": self.form()[self.field], "version": self.row.version}
        return HttpResponse(render_to_string("registers/list_cell.html", context, request))

    def post(self, request, *args, **kwargs):
        form, version = self.form(request.POST), request.POST.get("_version", "")
        if not form.is_valid():
            return self.refusal([message for messages in form.errors.values() for message in messages])
        write = Write(
            row=self.row,
            values=form.changes(self.row),
            version=int(version) if version.isdigit() and len(version) < 10 else 0,
        )
        act = Act(request.user, ChangeSet.Channel.LIST, viewer=self.viewer)
        try:
            if write.values:
                apply(self.register, [write], act=act)
        except Refused as refused:
            return self.refusal([item.message for item in refused.refusals])
        except Conflict as conflict:
            return self.refusal([str(conflict)], 409)
        row = self.register.whole(self.register.visible(self.viewer)).filter(pk=self.row.pk).first()
        text = self.register.text(row, self.field, self.viewer) if row else ""
        return JsonResponse({"text": text, "gone": row is None})

    def refusal(self, messages, status=422):
        return JsonResponse({"error": " ".join(map(str, messages))}, status=status)
