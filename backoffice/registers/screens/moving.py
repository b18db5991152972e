"""Taking a record to its next state: one button on its page for each step the viewer may take."""

from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..changes import Conflict, Refused, Write, apply
from . import addresses
from .deeds import DeedView
from .editing import act_of, reason_in


class MoveView(DeedView):
    """POST takes the step. Where the record does not agree, the page says why and asks again."""

    verb = "change"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        column = self.register.state_column
        labels = dict(column.field.flatchoices) if column else {}
        if kwargs["state"] not in labels:
            raise Http404
        self.state = kwargs["state"]
        steps = dict(self.register.moves(self.row, self.viewer))
        self.title = self.button = steps.get(self.state, labels[self.state])
        self.done = _("%(name)s: %(state)s.") % {"name": self.name, "state": labels[self.state]}
        self.explanation = _("The record goes on to “%(state)s”.") % {"state": labels[self.state]}

    def post(self, request, *args, **kwargs):
        try:
            apply(self.register, [self.write()], act=act_of(request, self.viewer, reason_in(request)))
        except Refused as refused:
            return self.ask([item.message for item in refused.refusals], 422)
        except Conflict as conflict:
            return self.ask([str(conflict)], 409)
        messages.success(request, self.done)
        return HttpResponseRedirect(addresses.record_url(self.row))

    def write(self):
        values = {self.register.state_column.name: self.state}
        return Write(row=self.row, values=values, version=self.posted_version())
