"""The pages of a bulk edit: choose what to set, look at what would happen, confirm, follow, see the result."""

from django.db import transaction
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages

from backoffice.jobs.models import Job

from ..changes import Denied, Refused
from ..screens import addresses, pages
from ..screens.differences import differences
from ..screens.editing import REASON, reason_in
from ..screens.frame import RegisterFrame
from ..screens.listing import ListFrame
from . import bulk as bulks
from .jobs import JUDGE, WRITE, queue
from .models import BulkEdit

State, Fate, Action = BulkEdit.State, bulks.Fate, BulkEdit.Action
SAMPLE = 20
REFUSED_SHOWN = 200


class StartView(ListFrame):
    """Takes a selection from the list: the ticked rows, or with `all` every row that matches its address."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        register, viewer, listing = self.register, self.viewer, self.listing
        action = request.POST.get("action")
        if action not in Action.values or not register.may(viewer, bulks.verb_of(action)):
            raise Http404
        if "all" in request.POST:
            rows = listing.rows
        else:
            rows = register.visible(viewer).filter(public_id__in=request.POST.getlist("row")[: bulks.MOST])
        try:
            bulk = bulks.begin(register, viewer, rows, action, back=self.address())
        except bulks.TooMany:
            messages.error(
                request, _("At most %(most)d records at once. Please narrow the list.") % {"most": bulks.MOST}
            )
            return HttpResponseRedirect(self.address())
        if not bulk.rows.exists():
            messages.warning(request, _("None of these records can be changed by you."))
            bulk.delete()
            return HttpResponseRedirect(self.address())
        return HttpResponseRedirect(bulk_url(bulk, register))


def bulk_url(bulk, register):
    return addresses.key_url(register, bulk.public_id, "bulk_page")


class BulkPage(RegisterFrame):
    """The one page of a bulk edit, for whoever began it: what it shows follows from how far it has come."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        found = BulkEdit.objects.filter(owner=request.user, register=self.register.code)
        self.bulk = get_object_or_404(found.select_related("job", "change_set"), public_id=kwargs["key"])
        if not self.register.may(self.viewer, bulks.verb_of(self.bulk.action)):
            raise Http404

    @property
    def voids(self):
        return self.bulk.action == Action.VOID

    def get_page_title(self):
        return _("Void several records") if self.voids else _("Edit several records")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_template_names(self):
        state = self.bulk.state
        if state == State.CHOOSING:
            return ["registers/list_bulk_choose.html"]
        if state in (State.JUDGING, State.WRITING):
            return ["registers/list_bulk_progress.html"]
        return ["registers/list_bulk_preview.html" if state == State.PREVIEWED else "registers/list_bulk_result.html"]

    def get(self, request, *args, **kwargs):
        if "json" in request.GET:
            return JsonResponse(self.progress)
        if self.bulk.state == State.CHOOSING:
            return self.choose()
        if self.bulk.state == State.PREVIEWED:
            return self.bulk_page(sample=self.sample(), refused=self.refused())
        return self.bulk_page(progress=self.progress, refused=self.refused())

    @cached_property
    def progress(self):
        job = self.bulk.job
        found = job.as_progress() if job else {"finished": True, "state": "done"}
        return found | {"finished": self.bulk.state not in (State.JUDGING, State.WRITING) or job.state in Job.ENDED}

    def bulk_page(self, status=200, **context):
        return self.page(
            status,
            bulk=self.bulk,
            voids=self.voids,
            counts=bulks.counts(self.bulk),
            total=self.bulk.rows.count(),
            set_values=self.set_values(),
            back_url=self.bulk.back or addresses.list_url(self.register),
            page_url=bulk_url(self.bulk, self.register),
            change_url=addresses.change_set_url(self.bulk.change_set) if self.bulk.change_set else "",
            reason_name=REASON,
            **context,
        )

    def set_values(self):
        """[(label, text)] of what is set on every row."""
        if self.voids or not self.bulk.values:
            return []
        form = bulks.form_of(self.bulk, self.viewer)
        if not form.is_valid():
            return []
        return [
            (form.fields[name].label, _shown(form.fields[name], form.columns[name], value))
            for name, value in form.cleaned_data.items()
        ]

    def choose(self, form=None, mistakes=(), status=200):
        form = form or (None if self.voids else bulks.BulkForm(self.register, self.viewer))
        chosen = self.request.POST.getlist("chosen")
        fields = [(field, field.name in chosen) for field in form] if form is not None else []
        return self.bulk_page(
            status,
            fields=fields,
            form=form,
            media=form.media if form is not None else "",
            mistakes=mistakes,
            reason=self.request.POST.get(REASON, ""),
        )

    def post(self, request, *args, **kwargs):
        deeds = {"check": self.check, "write": self.write, "again": self.again, "continue": self.go_on}
        return deeds.get(request.POST.get("do"), self.back)()

    def back(self):
        return HttpResponseRedirect(bulk_url(self.bulk, self.register))

    def check(self):
        """Keeps what is to be set, and why; then every row is judged."""
        request, bulk = self.request, self.bulk
        if bulk.state != State.CHOOSING:
            return self.back()
        mistakes, form = [], None
        if not self.voids:
            form = bulks.BulkForm(self.register, self.viewer, request.POST, request.POST.getlist("chosen"))
            if not form.chosen:
                return self.choose(mistakes=[_("Please choose at least one field.")], status=422)
            if not form.is_valid():
                mistakes = [f"{label}: {message}" if label else message for label, _id, message in form.mistakes()]
        if not reason_in(request):
            mistakes.append(_("Please give a reason."))
        if mistakes:
            return self.choose(self.filled(), mistakes, 422)
        bulk.values, bulk.reason = form.posted() if form else {}, reason_in(request)
        bulk.save(update_fields=["values", "reason"])
        self.proceed(State.JUDGING, JUDGE, bulks.judge_now)
        return self.back()

    def filled(self):
        """The form with every field again, holding what was typed."""
        if self.voids:
            return None
        form = bulks.BulkForm(self.register, self.viewer)
        typed = bulks.BulkForm(self.register, self.viewer, self.request.POST, list(form.fields))
        typed.full_clean()
        typed.errors.clear()
        return typed

    def write(self):
        """Writes what was looked at."""
        if self.bulk.state == State.PREVIEWED and bulks.counts(self.bulk)[Fate.CHANGE]:
            self.proceed(State.WRITING, WRITE, bulks.write_now)
        return self.back()

    def proceed(self, state, kind, now):
        """At once for a few rows, in the background for many. Two windows that press the button do it once."""
        bulk = self.bulk
        with transaction.atomic():
            moved = BulkEdit.objects.filter(pk=bulk.pk, state=bulk.state).update(state=state)
            if not moved:
                return
            bulk.state = state
            try:
                if bulks.at_once(bulk):
                    with transaction.atomic():
                        now(bulk)
                else:
                    queue(bulk, kind)
            except (Denied, Refused) as stopped:
                bulks.stopped(bulk, str(stopped) if isinstance(stopped, Refused) else "")

    def again(self):
        """Back to choosing, with the versions the rows have now."""
        if self.bulk.state == State.PREVIEWED:
            with transaction.atomic():
                bulks.afresh(self.bulk, self.register)
        return self.back()

    def go_on(self):
        """Goes on where stopped work had come to."""
        bulk = self.bulk
        stopped = bulk.job is not None and bulk.job.state in Job.ENDED
        if stopped and bulk.state in (State.JUDGING, State.WRITING, State.FAILED):
            with transaction.atomic():
                bulk.state = State.WRITING if bulk.change_set else State.JUDGING
                queue(bulk, WRITE if bulk.change_set else JUDGE)
        return self.back()

    def sample(self):
        """[(name, address, [Difference])] of the first rows that will change: old → new as the viewer sees them."""
        staged = list(self.bulk.rows.filter(fate=Fate.CHANGE).order_by("pk")[:SAMPLE])
        rows = self.rows_of(staged)
        reached = set(rows)
        if self.voids:
            return [(self.name_of(rows[one.row], reached), addresses.record_url(rows[one.row]), []) for one in staged]
        before = self.register.whole(self.register.visible(self.viewer)).in_bulk(list(rows))
        steps = bulks.Run(self.bulk).after(staged)
        found = differences(self.register, [(before[row.pk], row, row) for row in steps], self.viewer)
        return [
            (self.name_of(rows[row.pk], reached), addresses.record_url(rows[row.pk]), changed)
            for row, changed in zip(steps, found, strict=True)
        ]

    def refused(self):
        """[(name, address, [reason])] of the rows that are left alone, as far as they are shown."""
        fates = [Fate.REFUSED, Fate.CONFLICT]
        staged = list(self.bulk.rows.filter(fate__in=fates).order_by("pk")[:REFUSED_SHOWN])
        rows = self.rows_of(staged)
        reached = set(rows)
        return [
            (self.name_of(rows[one.row], reached), addresses.record_url(rows[one.row]), self.reasons(one))
            for one in staged
            if one.row in rows
        ]

    def reasons(self, staged):
        if staged.fate == Fate.CONFLICT:
            return [staged.get_fate_display()]
        fields = self.register.fields
        return [
            f"{capfirst(fields[one['field']].label)}: {one['message']}" if one["field"] in fields else one["message"]
            for one in staged.problems
        ]

    def rows_of(self, staged):
        visible = self.register.visible(self.viewer).filter(pk__in=[one.row for one in staged])
        return {row.pk: row for row in pages.fetched(visible, self.register, [])}

    def name_of(self, row, reached):
        return self.register.name_of(row, self.viewer, reached)


def _shown(field, column, value):
    if value in (None, "", [], ()):
        return _("(empty)")
    return field.label_from_instance(value) if column.field.is_relation else column.display(value)
