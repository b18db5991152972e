"""Creating and changing a record. Every save goes through the one door; nothing typed is lost on the way."""

from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..changes import Act, Conflict, Refused, Write, apply
from ..models import ChangeSet
from . import addresses, references
from .differences import differences
from .form import RecordForm
from .frame import RecordFrame, RegisterFrame

REASON = "_reason"
VERSION = "_version"
ON_TOP = "_on_top"


def reason_in(request):
    return request.POST.get(REASON, "").strip()[:200]


def act_of(request, viewer, reason=""):
    """The act of whoever filled in a form."""
    return Act(request.user, ChangeSet.Channel.FORM, reason, viewer=viewer)


class FormFrame:
    """What creating and editing share."""

    template_name = "registers/form.html"

    def form_page(self, form, status=200, **context):
        return self.page(
            status,
            form=form,
            media=form.media,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            version_name=VERSION,
            on_top_name=ON_TOP,
            action_url=self.request.path,
            submit_button_label=_("Save"),
            submit_button_active_label=_("Saving…"),
            **context,
        )


class CreateView(FormFrame, RegisterFrame):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.register.may(self.viewer, "add"):
            raise Http404

    def get_page_title(self):
        return _("Add %(what)s") % {"what": self.register.label}

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.form_page(RecordForm(self.register, self.viewer))

    def post(self, request, *args, **kwargs):
        form = RecordForm(self.register, self.viewer, data=request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        write = Write(values=form.changes())
        try:
            apply(self.register, [write], act=act_of(request, self.viewer, reason_in(request)))
        except Refused as refused:
            form.refuse(refused)
            return self.form_page(form, 422)
        messages.success(request, _("Saved."))
        seen = self.register.visible(self.viewer).filter(pk=write.row.pk).exists()
        return HttpResponseRedirect(addresses.record_url(write.row) if seen else addresses.list_url(self.register))


class EditView(FormFrame, RecordFrame):
    """Changing a record. Whoever saves an older version is shown both, and decides."""

    verb = "change"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Edit %(name)s") % {"name": self.name}}]

    def get(self, request, *args, **kwargs):
        if self.row.is_void:
            messages.warning(request, _("This record is void. Bring it back before changing it."))
            return HttpResponseRedirect(addresses.record_url(self.row))
        return self.form_page(RecordForm(self.register, self.viewer, self.row), version=self.row.version)

    @cached_property
    def posted_version(self):
        posted = self.request.POST.get(VERSION, "")
        return int(posted) if posted.isdigit() and len(posted) < 10 else 0

    def post(self, request, *args, **kwargs):
        form = RecordForm(self.register, self.viewer, self.row, request.POST)
        if not form.is_valid():
            return self.form_page(form, 422, version=self.posted_version)
        if self.must_confirm() and not request.POST.get(ON_TOP):
            form.add_error(None, _("Please tick that your version goes on top, or leave without saving."))
            return self.form_page(form, 409, version=self.posted_version, must_confirm=True)
        changes = form.changes(self.base())
        if not changes:
            messages.info(request, _("Nothing was changed."))
            return HttpResponseRedirect(addresses.record_url(self.row))
        write = Write(row=self.row, values=changes, version=self.posted_version)
        try:
            apply(self.register, [write], act=act_of(request, self.viewer, reason_in(request)))
        except Refused as refused:
            form.refuse(refused)
            return self.form_page(form, 422, version=self.posted_version, must_confirm=self.must_confirm())
        except Conflict as conflict:
            return self.conflict_page(changes, conflict.row)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(addresses.record_url(self.row))

    def must_confirm(self):
        """Whether this form has been shown because of a conflict."""
        return "_conflict" in self.request.POST

    def base(self):
        """The state the writer saw: the version posted, from the history when it is not the present one."""
        if self.posted_version == self.row.version:
            return self.row
        old = self.register.history.objects.filter(id=self.row.pk, version=self.posted_version).first()
        return old or self.row

    def conflict_page(self, mine, now):
        """The form again with my changes on top of the present row, and both versions beside each other."""
        base = self.base()
        form = RecordForm(self.register, self.viewer, now)
        for name, value in mine.items():
            form.fields[name].initial = value
        (theirs,) = differences(self.register, [(base, now, now)], self.viewer)
        both = [
            self.beside(form, name, value, now)
            for name, value in mine.items()
            if form.columns[name].raw(base) != form.columns[name].raw(now)
        ]
        who = (
            self.register.history.objects.filter(id=now.pk)
            .select_related("change_set__actor__wagtail_userprofile")
            .order_by("-pk")
            .first()
        )
        return self.form_page(
            form, 409, version=now.version, must_confirm=True, theirs=theirs, both=both, their_change=who.change_set
        )

    def beside(self, form, name, value, now):
        """One field that both changed: (label, their text, mine). What I typed myself is mine to see."""
        column = form.columns[name]
        mine = form.fields[name].label_from_instance(value) if column.field.is_relation and value else value
        text = "" if value is None else mine if column.field.is_relation else column.display(value)
        return form.fields[name].label, self.register.text(now, name, self.viewer), text


class ChooseView(RegisterFrame):
    """Offers for a reference that has too many records for a list, as JSON."""

    def get(self, request, *args, **kwargs):
        return self.offer("")

    def post(self, request, *args, **kwargs):
        return self.offer(request.POST.get("q", "").strip()[:100])

    def offer(self, query):
        column = self.register.fields.get(self.kwargs["field"])
        if column is None or not column.field.is_relation or column.target is None:
            raise Http404
        return JsonResponse({"offers": references.offers(column.target, self.viewer, query)})
