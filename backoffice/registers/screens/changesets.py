"""One act on records: who, when, through what, why, from which file; the rows it wrote; and taking it back."""

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from backoffice.jobs import queue
from backoffice.jobs.models import Job

from .. import catalogue
from ..changes import Act, Refused, undo
from ..changes.undo import may_undo
from ..jobs import UNDO, start_undo
from ..models import ChangeSet
from . import addresses, pages
from .changeset_list import ChangeSetsView
from .differences import deed, differences, line_differences
from .editing import REASON, reason_in
from .frame import HOME, Frame

ROWS = 20
# More rows than this are undone in the background.
AT_ONCE = 500


class ChangeSetFrame(Frame):
    """A screen about a change set, for whoever made it or sees one of its rows."""

    header_icon = "history"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        found = ChangeSet.objects.select_related("actor__wagtail_userprofile", "undoes", "undone_by", "within")
        self.change_set = get_object_or_404(found, public_id=kwargs["key"])
        try:
            self.register = catalogue.get(self.change_set.register)
        except KeyError as error:
            raise Http404 from error
        seen = self.register.seen_by(self.viewer)
        mine = self.change_set.actor_id == request.user.pk
        if not seen or not (mine or self.written.exists()):
            raise Http404

    @cached_property
    def written(self):
        """The history rows of the act, as far as the viewer may see the records today."""
        rows = self.register.history.objects.filter(change_set=self.change_set)
        return rows.filter(id__in=self.register.visible(self.viewer).values("pk"))

    @cached_property
    def undone_by(self):
        return getattr(self.change_set, "undone_by", None)

    def get_page_title(self):
        at = formats.date_format(timezone.localtime(self.change_set.at), "Y-m-d H:i")
        return _("Change of %(at)s") % {"at": at}

    def get_breadcrumbs_items(self):
        register = self.register
        return [
            HOME,
            {"url": addresses.list_url(register), "label": capfirst(register.label_plural)},
            {"url": addresses.change_set_url(self.change_set), "label": self.get_page_title()},
        ]

    def may_undo(self):
        return bool(
            self.change_set.touched
            and self.change_set.finished_at
            and self.undone_by is None
            and may_undo(self.change_set, self.viewer)
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            change_set=self.change_set,
            register=self.register,
            who=get_user_display_name(self.change_set.actor),
            undone_by=self.undone_by,
            **kwargs,
        )


class ChangeSetView(ChangeSetFrame):
    template_name = "registers/change_set.html"

    @cached_property
    def header_buttons(self):
        if not self.may_undo():
            return []
        return [HeaderButton(_("Undo"), addresses.change_set_url(self.change_set, "undo"), icon_name="rotate")]

    def get(self, request, *args, **kwargs):
        asked = request.GET.get("p", "")
        number = min(int(asked), 1000) if asked.isdigit() and int(asked) else 1
        start = (number - 1) * ROWS
        entries = list(self.with_before(self.written.order_by("pk"))[start : start + ROWS + 1])
        shown = self.written.count() if number == 1 and len(entries) > ROWS else None
        return self.page(
            lines=self.lines(entries[:ROWS]),
            number=number,
            more=len(entries) > ROWS,
            shown=shown,
            kept=self.kept(),
            on_the_way=self.on_the_way(),
        )

    def on_the_way(self):
        """The acts done on the way of this one, on registers that the viewer sees."""
        return [act for act in acts_on_the_way(self.change_set) if act["register"].seen_by(self.viewer)]

    def with_before(self, written):
        earlier = self.register.history.objects.filter(id=OuterRef("id"), pk__lt=OuterRef("pk"))
        latest = earlier.order_by().values("id").annotate(latest=Max("pk")).values("latest")
        return written.annotate(before=Subquery(latest))

    def lines(self, entries):
        register = self.register
        before = register.history.objects.in_bulk([entry.before for entry in entries if entry.before])
        visible = register.visible(self.viewer).filter(pk__in=[entry.id for entry in entries])
        rows = {row.pk: row for row in pages.fetched(visible, register, [])}
        steps = [(before.get(entry.before), entry, rows[entry.id]) for entry in entries]
        found = differences(register, steps, self.viewer)
        of_lines = line_differences(register, entries, self.viewer)
        reached = set(rows)
        return [
            {
                "name": register.name_of(row, self.viewer, reached),
                "url": addresses.record_url(row),
                "kind": deed(old, entry)[0],
                "what": deed(old, entry)[1],
                "source": _("row %(row)s") % {"row": entry.source_row} if entry.source_row else "",
                "differences": changed + of_lines.get(entry.pk, []),
            }
            for (old, entry, row), changed in zip(steps, found, strict=True)
        ]

    def kept(self):
        return kept_in_words(self.register, self.change_set.kept, self.viewer)


def acts_on_the_way(change_set):
    """[{"register", "change_set"}] of the acts done on the way of `change_set`."""
    inner = change_set.on_the_way.order_by("pk")
    return [{"register": catalogue.get(act.register), "change_set": act} for act in inner]


def kept_in_words(register, kept, viewer, limit=50):
    """[(name of the record, address, field, why)] of what an undoing left alone, as far as the viewer sees it."""
    kept = kept[:limit]
    visible = register.visible(viewer).filter(public_id__in={item["row"] for item in kept})
    rows = {row.public_id: row for row in pages.fetched(visible, register, [])}
    reached = {row.pk for row in rows.values()}
    fields = register.fields_for(viewer)
    return [
        (
            register.name_of(rows[item["row"]], viewer, reached),
            addresses.record_url(rows[item["row"]]),
            capfirst(fields[item["field"]].label) if item["field"] in fields else "",
            item["why"],
        )
        for item in kept
        if item["row"] in rows
    ]


class _Rehearsed(Exception):
    """Ends a rehearsal; nothing of it stays."""


class UndoView(ChangeSetFrame):
    """Says what taking the act back would do, asks why, and does it: at once, or in the background when large."""

    template_name = "registers/undo.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may_undo(self.change_set, self.viewer):
            raise Http404

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Undo")}]

    def act(self, reason=""):
        return Act(self.request.user, ChangeSet.Channel.UNDO, reason, viewer=self.viewer)

    def get(self, request, *args, **kwargs):
        if not self.may_undo():
            return HttpResponseRedirect(addresses.change_set_url(self.change_set))
        return self.ask()

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if not reason:
            return self.ask([_("Please give a reason.")], 422)
        if self.change_set.touched > AT_ONCE:
            start_undo(self.change_set, request.user, reason)
            return HttpResponseRedirect(addresses.change_set_url(self.change_set, "progress"))
        try:
            undoing = undo(self.change_set, act=self.act(reason))
        except Refused as refused:
            return self.ask([item.message for item in refused.refusals], 422)
        messages.success(request, self.told(undoing))
        return HttpResponseRedirect(addresses.change_set_url(undoing))

    def told(self, undoing):
        if undoing.kept:
            return _("Undone, except for what has been changed since. It is listed below.")
        count = undoing.touched
        told = ngettext("%(count)d record is as it was before.", "%(count)d records are as they were before.", count)
        return told % {"count": count}

    def ask(self, mistakes=(), status=200):
        rehearsed = self.rehearse() if self.change_set.touched <= AT_ONCE and not mistakes else None
        return self.page(
            status,
            mistakes=mistakes,
            rehearsed=rehearsed,
            kept=kept_in_words(self.register, rehearsed.kept, self.viewer) if rehearsed else [],
            on_the_way=rehearsed.acts_on_the_way if rehearsed else acts_on_the_way(self.change_set),
            reason=self.request.POST.get(REASON, ""),
            reason_name=REASON,
            back_url=addresses.change_set_url(self.change_set),
        )

    def rehearse(self):
        """The ChangeSet that undoing now would write, with its `acts_on_the_way`; its rows are rolled back again."""
        undoing = None
        try:
            with transaction.atomic():
                undoing = undo(self.change_set, act=self.act())
                undoing.acts_on_the_way = acts_on_the_way(undoing)
                raise _Rehearsed
        except _Rehearsed:
            return undoing
        except Refused:
            return None


class ProgressView(ChangeSetFrame):
    """How far an undoing in the background has come; asked for with JSON by the page itself."""

    template_name = "registers/undo_progress.html"

    @cached_property
    def job(self):
        payload = {"payload__change_set": self.change_set.pk}
        return Job.objects.filter(kind=UNDO, **payload).order_by("-pk").first()

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.job is None or not may_undo(self.change_set, self.viewer):
            raise Http404

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Undo")}]

    def get(self, request, *args, **kwargs):
        progress = self.job.as_progress()
        if "json" in request.GET:
            return JsonResponse(progress | {"result_url": self.result_url()})
        back_url = addresses.change_set_url(self.change_set)
        return self.page(progress=progress, result_url=self.result_url(), back_url=back_url)

    def post(self, request, *args, **kwargs):
        """`do` = cancel stops the work, `do` = continue goes on where a stopped one had come to."""
        if request.POST.get("do") == "cancel":
            queue.cancel(self.job)
        elif self.job.state in (Job.State.CANCELLED, Job.State.FAILED, Job.State.PARKED):
            start_undo(self.change_set, request.user, self.job.payload["reason"])
        return HttpResponseRedirect(request.path)

    def result_url(self):
        done = self.job.state == Job.State.DONE and self.undone_by is not None
        return addresses.change_set_url(self.undone_by) if done else ""


urlpatterns = [
    path("", ChangeSetsView.as_view(), name="index"),
    path("<public_id:key>/", ChangeSetView.as_view(), name="page"),
    path("<public_id:key>/undo/", UndoView.as_view(), name="undo"),
    path("<public_id:key>/undo/progress/", ProgressView.as_view(), name="progress"),
]
