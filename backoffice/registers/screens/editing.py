"""Creating and changing a record. Every save goes through the one door; nothing typed is lost on the way."""

from dataclasses import dataclass

from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages

from .. import catalogue
from ..audit import looks
from ..changes import Act, Conflict, Refused, Write, apply
from ..models import ChangeSet
from ..notes import leases
from ..scope import viewer_of
from . import addresses, references
from .differences import differences, line_differences
from .form import RecordForm
from .frame import RecordFrame, RegisterFrame
from .lines import PartForms

REASON = "_reason"
VERSION = "_version"
BASE = "_base"
CHOICE = "_choose_"
MINE, THEIRS = "mine", "theirs"


def reason_in(request):
    return request.POST.get(REASON, "").strip()[:200]


def act_of(request, viewer, reason=""):
    """The act of whoever filled in a form."""
    return Act(request.user, ChangeSet.Channel.FORM, reason, viewer=viewer)


def wishes_of(parts):
    """{code of the part: [Write]} of the lines that were filled in."""
    return {part.part.code: wishes for part in parts if (wishes := part.wishes())}


def refuse(refused, form, parts):
    for shown in (form, *parts):
        shown.refuse(refused)


class FormFrame:
    """What creating and editing share."""

    def parts(self, row=None, **filled):
        """The forms of the lines of every part."""
        return [PartForms(part, self.viewer, row, **filled) for part in self.register.parts]

    template_name = "registers/form.html"

    def form_page(self, form, parts, status=200, **context):
        return self.page(
            status,
            form=form,
            parts=parts,
            mistakes=form.mistakes() + [mistake for part in parts for mistake in part.mistakes()],
            media=form.media,
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            version_name=VERSION,
            base_name=BASE,
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
        return self.form_page(RecordForm(self.register, self.viewer), self.parts())

    def post(self, request, *args, **kwargs):
        form, parts = RecordForm(self.register, self.viewer, data=request.POST), self.parts(data=request.POST)
        if not all([form.is_valid(), *(part.is_valid() for part in parts)]):
            return self.form_page(form, parts, 422)
        write = Write(values=form.changes(), lines=wishes_of(parts))
        try:
            apply(self.register, [write], act=act_of(request, self.viewer, reason_in(request)))
        except Refused as refused:
            refuse(refused, form, parts)
            return self.form_page(form, parts, 422)
        messages.success(request, _("Saved."))
        seen = self.register.visible(self.viewer).filter(pk=write.row.pk).exists()
        return HttpResponseRedirect(addresses.record_url(write.row) if seen else addresses.list_url(self.register))


class EditView(FormFrame, RecordFrame):
    """Changing a record. Whoever saves on an older version chooses, field by field, whose value counts."""

    verb = "change"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Edit %(name)s") % {"name": self.name}}]

    def form_page(self, form, parts, status=200, **context):
        leases.hold(self.register, self.row, self.request.user)
        return super().form_page(
            form,
            parts,
            status,
            editing=editing_now(self.register, self.row, self.request.user),
            editing_url=reverse("notes_editing", args=[self.register.code, self.row.public_id]),
            renew_seconds=leases.RENEW,
            **context,
        )

    def get(self, request, *args, **kwargs):
        if self.row.is_void:
            messages.warning(request, _("This record is void. Bring it back before changing it."))
            return HttpResponseRedirect(addresses.record_url(self.row))
        looks.on_page(self.register, self.viewer, self.row, self.register.fields.values())
        form = RecordForm(self.register, self.viewer, self.row)
        return self.form_page(form, self.parts(self.row), version=self.row.version)

    def posted_number(self, name):
        posted = self.request.POST.get(name, "")
        return int(posted) if posted.isdigit() and len(posted) < 10 else 0

    @cached_property
    def posted_version(self):
        return self.posted_number(VERSION)

    def state(self, version):
        """The record as it was in `version`, or None."""
        if version == self.row.version:
            return self.row
        return self.register.history.objects.filter(id=self.row.pk, version=version).first()

    def post(self, request, *args, **kwargs):
        form = RecordForm(self.register, self.viewer, self.row, request.POST)
        parts = self.parts(self.row, data=request.POST)
        valid = all([form.is_valid(), *(part.is_valid() for part in parts)])
        changes = form.changes(self.state(self.posted_version) or self.row)
        clashes = self.clashes(form, changes)
        if valid and any(clash.choice not in (MINE, THEIRS) for clash in clashes):
            form.add_error(None, _("Please choose for each of these fields whose value counts."))
        if form.errors or not valid:
            return self.form_page(form, parts, 422, **self.context_of(clashes))
        for clash in clashes:
            if clash.choice == THEIRS:
                del changes[clash.field]
        lines = wishes_of(parts)
        if not changes and not lines:
            messages.info(request, _("Nothing was changed."))
            return self.done()
        write = Write(row=self.row, values=changes, version=self.posted_version, lines=lines)
        try:
            apply(self.register, [write], act=act_of(request, self.viewer, reason_in(request)))
        except Refused as refused:
            refuse(refused, form, parts)
            return self.form_page(form, parts, 422, **self.context_of(clashes))
        except Conflict as conflict:
            return self.conflict_page(changes, parts, conflict.row)
        messages.success(request, _("Saved."))
        return self.done()

    def done(self):
        leases.release(self.register, self.row, self.request.user)
        return HttpResponseRedirect(addresses.record_url(self.row))

    def context_of(self, clashes):
        return {"version": self.posted_version, "both": clashes, "base": self.posted_number(BASE)}

    def clashes(self, form, changes):
        """[Clash] between what this form wants to change and what was changed before it was shown again."""
        seen = self.state(self.posted_number(BASE)) if BASE in self.request.POST else None
        return clashes_of(form, changes, seen, self.row, self.request.POST) if seen else []

    def conflict_page(self, mine, parts, now):
        """The form again, my changes on top of the present row; what both changed stands beside each other."""
        base = self.state(self.posted_version) or now
        self.row = now
        form = RecordForm(self.register, self.viewer, now)
        for name, value in mine.items():
            form.fields[name].initial = value
        (theirs,) = differences(self.register, [(base, now, now)], self.viewer)
        written = self.register.history.objects.filter(id=now.pk).order_by("-pk")
        return self.form_page(
            form,
            [PartForms(kept.part, self.viewer, now, kept=kept) for kept in parts],
            409,
            version=now.version,
            base=self.posted_version,
            both=clashes_of(form, mine, base, now, {}),
            theirs=[item for item in theirs if item.field not in mine] + self.lines_of_others(base, now),
            their_change=written.select_related("change_set__actor__wagtail_userprofile").first().change_set,
        )

    def lines_of_others(self, base, now):
        """[Difference] of the lines that somebody else changed since `base`; what I filled in stands on top."""
        since = self.register.history.objects.filter(id=now.pk, version__gt=base.version).order_by("pk")
        return [
            item for found in line_differences(self.register, list(since), self.viewer).values() for item in found
        ]


@dataclass(frozen=True)
class Clash:
    """A field that two people changed: what both began with, what each of them wants, and whose value is chosen."""

    field: str
    label: str
    base: str
    theirs: str
    mine: str
    hidden: bool
    choice: str = ""

    @property
    def input(self):
        return CHOICE + self.field


def clashes_of(form, mine, base, now, posted):
    """[Clash] of the fields of `mine` that somebody else changed from `base` to `now` to another value."""
    names = [
        name
        for name, value in mine.items()
        if form.columns[name].raw(base) != form.columns[name].raw(now) and form.differs(name, value, now)
    ]
    if not names:
        return []
    (found,) = differences(form.register, [(base, now, now)], form.viewer, names)
    return [
        Clash(
            field=item.field,
            label=item.label,
            base=item.old,
            theirs=item.new,
            mine=typed_text(form, item.field, mine[item.field]),
            hidden=item.hidden,
            choice=posted.get(CHOICE + item.field, ""),
        )
        for item in found
    ]


def typed_text(form, name, value):
    """What I typed, in words. It is mine to see, whatever the masks."""
    column = form.columns[name]
    if column.field.is_relation:
        return form.fields[name].label_from_instance(value) if value else ""
    return "" if value is None else column.display(value)


def editing_now(register, row, user):
    """[sentence] about everybody else who has the form of `row` open."""
    return [
        _("%(who)s has been editing this record since %(time)s.")
        % {"who": who, "time": formats.date_format(timezone.localtime(since), "H:i")}
        for who, since in leases.others(register, row, user)
    ]


class EditingView(View):
    """Asked by an open form every half minute: keeps its lease, and tells who else is there and what was saved.

    With `leave` the form says that it is being closed.
    """

    http_method_names = ["post"]

    def post(self, request, code, key):
        try:
            register = catalogue.get(code)
        except KeyError as error:
            raise Http404 from error
        row = get_object_or_404(register.changeable(viewer_of(request.user)), public_id=key)
        if "leave" in request.POST:
            leases.release(register, row, request.user)
        else:
            leases.hold(register, row, request.user)
        saved = str(row.version) != request.POST.get("version", "")
        outdated = _(
            "Somebody has saved this record since you opened it. When you save, you will be shown both versions."
        )
        sentences = editing_now(register, row, request.user)
        return JsonResponse({"sentences": [outdated, *sentences] if saved else sentences})


class ChooseView(RegisterFrame):
    """Offers for a reference that has too many records for a list, as JSON."""

    def get(self, request, *args, **kwargs):
        return self.offer("")

    def post(self, request, *args, **kwargs):
        return self.offer(request.POST.get("q", "").strip()[:100])

    def offer(self, query):
        column = self.register.fields_for(self.viewer).get(self.kwargs["field"])
        if column is None or not column.field.is_relation or column.target is None:
            raise Http404
        return JsonResponse({"offers": references.offers(column.target, self.viewer, query)})
