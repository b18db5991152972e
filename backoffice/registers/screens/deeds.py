"""Deeds that need a reason: voiding a record, bringing it back, restoring an older version."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..changes import Conflict, Refused, Write, apply
from . import addresses
from .differences import differences
from .editing import REASON, VERSION, act_of, reason_in
from .frame import RecordFrame


class DeedView(RecordFrame):
    """A page that says what will happen, asks why, and does it."""

    template_name = "registers/deed.html"
    title = button = done = explanation = ""
    dangerous = False

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.title}]

    def get(self, request, *args, **kwargs):
        return self.ask()

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if not reason:
            return self.ask([_("Please give a reason.")], 422)
        try:
            apply(self.register, [self.write()], act=act_of(request, self.viewer, reason))
        except Refused as refused:
            return self.ask(self.in_words(refused), 422)
        except Conflict as conflict:
            return self.ask([str(conflict)], 409)
        messages.success(request, self.done)
        return HttpResponseRedirect(addresses.record_url(self.row))

    def in_words(self, refused):
        """The refusals with the names of their fields."""
        fields = self.register.fields
        return [
            f"{fields[item.field].label}: {item.message}" if item.field in fields else item.message
            for item in refused.refusals
        ]

    def write(self):
        raise NotImplementedError

    def ask(self, mistakes=(), status=200, **context):
        return self.page(
            status,
            title=self.title,
            explanation=self.explanation,
            button=self.button,
            dangerous=self.dangerous,
            mistakes=mistakes,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            version_name=VERSION,
            version=self.row.version,
            **{"subject": self.name, "back_url": addresses.record_url(self.row)} | context,
        )

    def posted_version(self):
        posted = self.request.POST.get(VERSION, "")
        return int(posted) if posted.isdigit() and len(posted) < 10 else self.row.version


class VoidView(DeedView):
    verb = "void"
    dangerous = True
    title = button = gettext_lazy("Void")
    done = gettext_lazy("The record is void.")
    explanation = gettext_lazy(
        "A void record leaves the lists and can no longer be changed. It keeps its number and its history, "
        "and can be brought back."
    )

    def write(self):
        return Write(row=self.row, action="void", version=self.posted_version())


class UnvoidView(DeedView):
    verb = "void"
    title = button = gettext_lazy("Bring back")
    done = gettext_lazy("The record is back.")
    explanation = gettext_lazy("The record returns to the lists as it was when it was voided.")

    def write(self):
        return Write(row=self.row, action="unvoid", version=self.posted_version())


class RestoreView(DeedView):
    """Gives a record values of an older version, all or those chosen. What the viewer may not change stays."""

    verb = "change"
    template_name = "registers/restore.html"
    title = gettext_lazy("Restore an earlier version")
    button = gettext_lazy("Restore the chosen fields")
    done = gettext_lazy("The earlier values are in force again.")
    explanation = gettext_lazy("The chosen fields get their earlier values. Later versions stay in the timeline.")

    @cached_property
    def state(self):
        """The history row to go back to."""
        return get_object_or_404(self.register.history.objects, id=self.row.pk, version=self.kwargs["version"])

    @cached_property
    def restorable(self):
        """Names of the fields that differ and that the viewer may change."""
        return [
            name
            for name, column in self.register.fields_for(self.viewer).items()
            if not column.read_only_for(self.viewer) and column.raw(self.state) != column.raw(self.row)
        ]

    @cached_property
    def chosen(self):
        """Names of the fields to restore: all of them unless some are named."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        named = given.getlist("field")
        return [name for name in self.restorable if name in named or not (named or "_chosen" in given)]

    def post(self, request, *args, **kwargs):
        if self.restorable and not self.chosen:
            return self.ask([_("Please choose at least one field.")], 422)
        return super().post(request, *args, **kwargs)

    def write(self):
        values = {name: self.register.fields[name].raw(self.state) for name in self.chosen}
        return Write(row=self.row, values=values, version=self.posted_version())

    def ask(self, mistakes=(), status=200):
        found = []
        if self.restorable:
            (found,) = differences(self.register, [(self.row, self.state, self.row)], self.viewer, self.restorable)
        return super().ask(
            mistakes, status, differences=found, chosen=self.chosen, nothing=not found, state=self.state
        )
