"""The screens of likely duplicates: the groups, a comparison side by side, and merging."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages

from backoffice.jobs.models import Job

from .. import catalogue
from ..audit import looks
from ..changes import Conflict, Refused
from ..screens import addresses
from ..screens.editing import REASON, act_of, reason_in
from ..screens.frame import RegisterFrame
from ..screens.record import page_number
from . import groups, jobs, likeness, merging

# What the list of groups shows of each record beside its name.
SHOWN = 5


class DuplicatesFrame(RegisterFrame):
    """For whoever may change records of a register that judges likeness; to everybody else it does not exist."""

    def setup(self, request, *args, **kwargs):
        try:
            self.register = catalogue.get(kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        super().setup(request, *args, **kwargs)
        if not groups.may_look(self.register, self.viewer):
            raise Http404

    def address(self, screen=""):
        return reverse(f"duplicates{screen}", args=[self.register.code])

    def chosen(self, data, rows):
        """The records that `data` names as `r`, in that order; all of them among `rows`, two to four, or 404."""
        keys = list(dict.fromkeys(data.getlist("r")))
        found = {row.public_id: row for row in self.register.whole(rows).filter(public_id__in=keys[:10])}
        if not 2 <= len(keys) <= merging.MOST or set(found) != set(keys):
            raise Http404
        return [found[key] for key in keys]


class GroupsView(DuplicatesFrame):
    """The groups of records that may be the same, as far as the viewer may change them."""

    template_name = "duplicates/groups.html"

    def get_page_title(self):
        return _("Likely duplicates")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        number = page_number(request)
        found, more = groups.page(self.register, self.viewer, number)
        searches = Job.objects.filter(kind=jobs.FIND, payload__register=self.register.code)
        return self.page(
            groups=self.lines(found),
            heads=[capfirst(column.label) for column in self.columns()],
            number=number,
            more=more,
            most=merging.MOST,
            searching=searches.filter(state__in=Job.OPEN).exists(),
            searched=searches.filter(state=Job.State.DONE)
            .order_by("-pk")
            .values_list("finished_at", flat=True)
            .first(),
            compare_url=self.address("_compare"),
            differ_url=self.address("_differ"),
            search_url=self.address("_search"),
            reason_name=REASON,
        )

    def columns(self):
        title = self.register.title_field
        return [column for column in self.register.list_columns if column.name != title][:SHOWN]

    def lines(self, found):
        """[{"rules", "rows": [{"row", "name", "url", "cells"}]}] of the groups of a page."""
        rows = [row for members in found for row, _rules in members]
        columns = self.columns()
        readers = self.register.readers(self.viewer, [column.name for column in columns], rows) if rows else []
        looks.in_list(self.register, self.viewer, rows, [column for column in columns if column.personal])
        reached = {row.pk for row in rows}

        def line(row):
            cells = [(capfirst(column.label), column.display(read(row))) for column, read in readers]
            name = self.register.name_of(row, self.viewer, reached)
            return {"row": row, "name": name, "url": addresses.record_url(row), "cells": cells}

        return [
            {
                "rules": [
                    likeness.rule_in_words(self.register, rule)
                    for rule in sorted(set().union(*(rules for _row, rules in members)))
                ],
                "rows": [line(row) for row, _rules in members],
                "first": [row.public_id for row, _rules in members][: merging.MOST],
            }
            for members in found
        ]


class SearchView(DuplicatesFrame):
    """Asks the worker to look again."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        jobs.start(self.register, request.user)
        messages.success(request, _("The search has begun. Its result stands here in a moment."))
        return HttpResponseRedirect(self.address())


class DifferView(DuplicatesFrame):
    """Remembers that records are not the same."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        rows = self.chosen(request.POST, self.register.changeable(self.viewer).filter(voided_at=None))
        try:
            groups.differ(self.register, rows, self.viewer, reason_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Remembered: these records are not the same."))
        return HttpResponseRedirect(self.address())


class CompareView(DuplicatesFrame):
    """Two to four records side by side; who may, chooses what stays and merges."""

    template_name = "duplicates/compare.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        rows = self.register.changeable(self.viewer).filter(voided_at=None)
        self.rows = self.chosen(request.POST if request.method == "POST" else request.GET, rows)
        keys = [row.pk for row in self.rows]
        self.may_merge = merging.mergeable(self.register, self.viewer).filter(pk__in=keys).count() == len(keys)

    def get_page_title(self):
        return _("Compare records")

    def get_breadcrumbs_items(self):
        groups_url = {"url": self.address(), "label": _("Likely duplicates")}
        return [*super().get_breadcrumbs_items(), groups_url, {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask()

    def ask(self, mistakes=(), status=200):
        post = self.request.POST
        kept = post.get("kept") or self.rows[0].public_id
        readers = self.register.readers(self.viewer, [column.name for column in self.columns()], self.rows)
        looks.in_list(self.register, self.viewer, self.rows, [c for c, _read in readers if c.personal])
        settable = {column.name for column in merging.choices(self.register, self.viewer)}
        lines = [self.line(column, read, column.name in settable, kept) for column, read in readers]
        return self.page(
            status,
            records=self.records(),
            kept=kept,
            differing=[line for line in lines if line["differs"]],
            same=[line for line in lines if not line["differs"] and line["cells"][0]["text"]],
            may_merge=self.may_merge,
            mistakes=mistakes,
            reason=post.get(REASON, ""),
            reason_name=REASON,
            differ_url=self.address("_differ"),
            back_url=self.address(),
        )

    def columns(self):
        return [column for _heading, columns in self.register.layout_for(self.viewer) for column in columns]

    def records(self):
        reached = {row.pk for row in self.rows}
        return [
            {
                "id": row.public_id,
                "version": row.version,
                "name": self.register.name_of(row, self.viewer, reached),
                "url": addresses.record_url(row),
                "since": row.created_at,
            }
            for row in self.rows
        ]

    def line(self, column, read, settable, kept):
        """One field of all records. Whether masked values differ is told, what they are is not."""
        chosen = self.request.POST.get(f"f_{column.name}") or self.proposed(column, kept)
        raw = [column.raw(row) for row in self.rows]
        reached = [row.public_id for row in self.rows]
        return {
            "name": column.name,
            "label": capfirst(column.label),
            "settable": settable and self.may_merge,
            "many": column.many and isinstance(raw[0], list),
            "together": chosen == merging.TOGETHER,
            "differs": any(value != raw[0] for value in raw),
            "cells": [
                {"id": key, "text": column.display(read(row)), "chosen": chosen == key}
                for key, row in zip(reached, self.rows, strict=True)
            ],
        }

    def proposed(self, column, kept):
        """Lists go together; else the kept record's value, or the first there is."""
        if column.many and isinstance(column.raw(self.rows[0]), list):
            return merging.TOGETHER
        ordered = sorted(self.rows, key=lambda row: row.public_id != kept)
        holding = [row for row in ordered if column.raw(row) not in (None, "", [])]
        return (holding or ordered)[0].public_id

    def post(self, request, *args, **kwargs):
        if not self.may_merge:
            raise Http404
        try:
            merging.merge(
                self.register, self.wish(request.POST), act=act_of(request, self.viewer, reason_in(request))
            )
        except Refused as refused:
            return self.ask([str(refusal.message) for refusal in refused.refusals], 422)
        except Conflict as conflict:
            return self.ask([str(conflict)], 409)
        messages.success(request, _("Merged. The whole merge can be undone from the timeline."))
        return HttpResponseRedirect(addresses.record_url(self.kept))

    def wish(self, post):
        """What was chosen, with the versions that were shown."""
        rows = {row.public_id: row for row in self.rows}
        versions = dict(zip(post.getlist("r"), post.getlist("v"), strict=False))
        for key, row in rows.items():
            if versions.get(key, "") != str(row.version):
                raise Conflict(row)
        self.kept = rows.get(post.get("kept", ""))
        if self.kept is None:
            raise Http404
        chosen = {}
        for column in merging.choices(self.register, self.viewer):
            asked = post.get(f"f_{column.name}", "")
            if asked == merging.TOGETHER or asked in rows:
                chosen[column.name] = rows.get(asked, merging.TOGETHER)
        return merging.Wish(self.rows, self.kept, chosen)
