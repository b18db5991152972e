"""The page of a record, read before it is changed: header strip, details, related records, timeline."""

from django.db.models import Count, Subquery
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button, HeaderButton

from .. import catalogue
from ..access import giving
from ..access.watching import TooManyLooks, reveal_within_limits
from ..audit import looks, moments
from ..audit.entitled import may_see_looks
from ..audit.screens.moment import moment_context
from ..duplicates.merging import kept_for
from ..lists.operands import NotUnderstood
from ..notes.models import Attachment, Comment
from . import addresses, lines, pages, timeline
from .editing import editing_now
from .frame import RecordFrame
from .listing import css_of
from .trail import PARAMETER, token_of, trail

RELATED = 10


def relations_to(register, viewer):
    """[(register, column)] of every reference to `register` in registers the viewer knows."""
    return [
        (other, column)
        for other in catalogue.registers()
        if other.seen_by(viewer)
        for column in other.fields.values()
        if column.field.is_relation and column.field.related_model is register.model and column.open_to(viewer)
    ]


def _number_of(rows):
    """How many `rows` there are, as a part of another query."""
    return Subquery(rows.order_by().values("register").annotate(number=Count("pk")).values("number"))


class RecordTab(RecordFrame):
    """What all tabs share: the header strip with state, key figures, next actions and the way through the list."""

    tab = "record"
    # The past moment the page is shown as of, and the sentence that says why there is none.
    moment, problem = None, ""

    @property
    def shown(self):
        """The row whose values the page shows."""
        return self.row

    def get_breadcrumbs_items(self):
        return super().get_breadcrumbs_items()[:-1] + [{"url": "", "label": self.name}]

    @cached_property
    def header_buttons(self):
        if self.row.is_void or not self.may("change"):
            return []
        return [HeaderButton(_("Edit"), addresses.record_url(self.row, "edit"), icon_name="edit")]

    @cached_property
    def header_more_buttons(self):
        seen = may_see_looks(self.register, self.row, self.viewer, self.may("configure"))
        seen_url = addresses.record_url(self.row, "seen")
        buttons = [Button(_("Who has seen this person"), seen_url, icon_name="view")] if seen else []
        if self.may("reveal") and giving.may_give(self.viewer) and giving.fields_to_give(self.register, self.viewer):
            url = reverse("access_give", args=[self.register.code, self.row.public_id])
            buttons.append(Button(_("Give access"), url, icon_name="key"))
        why_url = addresses.record_url(self.row, "why")
        buttons.append(Button(_("Who sees what, and why"), why_url, icon_name="help"))
        if not self.may("void"):
            return buttons
        if self.row.is_void:
            return [Button(_("Bring back"), addresses.record_url(self.row, "unvoid"), icon_name="rotate"), *buttons]
        return [Button(_("Void"), addresses.record_url(self.row, "void"), icon_name="bin"), *buttons]

    def tabs(self):
        """[(label, address, whether it is this one, how many there are or None)]"""
        names = [("record", _("Details"), None), ("related", _("Related records"), None)]
        if not relations_to(self.register, self.viewer):
            del names[1]
        names.append(("files", _("Files"), self.facts["files_held"]))
        names.append(("comments", _("Comments"), self.facts["comments_held"]))
        names.append(("timeline", _("Timeline"), None))
        token = token_of(self.request, self.register)
        suffix = f"?{PARAMETER}={token}" if token else ""
        return [
            (label, addresses.record_url(self.row, name) + suffix, name == self.tab, count)
            for name, label, count in names
        ]

    def asked(self):
        held = {"register": self.register.code, "row": self.row.pk}
        return super().asked() | {
            "files_held": _number_of(Attachment.objects.filter(**held, voided_at=None)),
            "comments_held": _number_of(Comment.objects.filter(**held, withdrawn_at=None)),
        }

    def moves(self):
        """The next steps as buttons: [(words, address)]."""
        if self.row.is_void or self.moment or not self.may("change"):
            return []
        found = self.register.moves(self.row, self.viewer)
        return [(words, addresses.record_url(self.row, "move", state)) for state, words in found]

    def state(self):
        """What the record is at: the text of the register's state field, or nothing."""
        column = self.register.state_column
        known = column is not None and column.open_to(self.viewer)
        return self.register.text(self.shown, column.name, self.viewer) if known else ""

    def figures(self):
        """The register's key figures: [(label, text)] of those that hold something."""
        names = [column.name for column in self.register.figure_columns if column.open_to(self.viewer)]
        readers = self.register.readers(self.viewer, names, [self.shown]) if names else []
        found = [(capfirst(column.label), column.display(read(self.shown))) for column, read in readers]
        found += self.register.derived_figures(self.shown, self.viewer, self.moment)
        return [(label, text) for label, text in found if text]

    def get_context_data(self, **kwargs):
        number = str(self.row)
        return super().get_context_data(
            tabs=self.tabs(),
            state=self.state(),
            figures=self.figures(),
            moves=self.moves(),
            actions=self.register.actions(self.row, self.viewer),
            editing=editing_now(self.register, self.row, self.request.user),
            trail=trail(self.request, self.register, self.row, self.viewer, self.tab),
            record_number=number if number not in (self.name, self.row.public_id) else "",
            **moment_context(self.moment, addresses.record_url(self.row), self.problem),
            **kwargs,
        )


class DetailsView(RecordTab):
    template_name = "registers/record.html"

    @cached_property
    def shown(self):
        """The record, or as it was at the moment the address asks for."""
        try:
            self.moment = moments.read(self.request.GET.get(moments.PARAMETER), self.viewer)
        except NotUnderstood as error:
            self.problem = error.sentence
        if self.moment is None:
            return self.row
        state = moments.state_of(self.register, self.row, self.moment)
        if state is None:
            self.moment, self.problem = None, _("At that moment this record had not been entered yet.")
        return state or self.row

    def get(self, request, *args, **kwargs):
        if self.row.is_void and not request.GET and (kept := self._merged_into()):
            text = _("%(name)s was merged into this record.") % {"name": self.name}
            messages.info(request, text)
            return HttpResponseRedirect(addresses.record_url(kept))
        looks.on_page(self.register, self.viewer, self.shown, self.register.fields.values())
        if self.shown is not self.row:
            return self.page(sections=self.sections(), parts=self.lines(), may_reveal=False)
        reveal_url = addresses.record_url(self.row, "reveal") if self.may_reveal else ""
        return self.page(
            sections=self.sections(), parts=self.lines(), may_reveal=self.may_reveal, reveal_url=reveal_url
        )

    def _merged_into(self):
        """The record that a merged one goes on in, where the viewer sees it. Any parameter shows the merged one."""
        kept = kept_for(self.register, self.row)
        return kept and self.register.visible(self.viewer).filter(pk=kept.pk).first()

    @cached_property
    def may_reveal(self):
        known = self.register.fields_for(self.viewer).values()
        return any(column.personal for column in known) and self.may("reveal")

    def sections(self):
        """[(heading, [field])] in the layout of the register; empty fields are shown, so that gaps are seen."""
        layout = [(heading, columns) for heading, columns in self.register.layout_for(self.viewer) if columns]
        names = [column.name for _heading, columns in layout for column in columns]
        readers = {column.name: read for column, read in self.register.readers(self.viewer, names, [self.shown])}
        return [
            (heading, [self.field(column, readers[column.name]) for column in columns]) for heading, columns in layout
        ]

    def lines(self):
        """The lines of every part, at the moment the page shows."""
        return lines.tables(self.register, self.row, self.viewer, self.moment)

    def field(self, column, read):
        return {
            "name": column.name,
            "label": capfirst(column.label),
            "text": column.display(read(self.shown)),
            "css": css_of(column),
            "long": column.kind == "LongText",
            "masked": self.register.values.masks(column, self.shown, self.viewer),
            "url": self.target_url(column),
        }

    def target_url(self, column):
        """The page of the record a reference points to, when the viewer may see it."""
        if column.field.is_relation and self.register.values.reached(column, [self.shown], self.viewer):
            return addresses.record_url(column.get(self.shown))
        return None


class RelatedView(RecordTab):
    """Records that point here, each through its own register's scope and masks."""

    tab = "related"
    template_name = "registers/related.html"

    def get(self, request, *args, **kwargs):
        blocks = [self.block(other, column) for other, column in relations_to(self.register, self.viewer)]
        return self.page(blocks=[block for block in blocks if block["count"]], cap=pages.CAP)

    def block(self, other, column):
        """One page of the records of `other` that point here by `column`, and how many there are."""
        shown = [listed for listed in other.list_columns_for(self.viewer) if listed.name != column.name]
        rows = other.with_columns(other.visible(self.viewer).filter(voided_at=None), [column])
        rows = rows.filter(**{column.path: self.row.pk})
        name, number = f"{other.code}.{column.name}", 1
        if self.request.GET.get("block") == name:
            number = page_number(self.request)
        start = (number - 1) * RELATED
        found = list(pages.fetched(rows.order_by("-pk"), other, shown)[start : start + RELATED + 1])
        in_list = column.name in other.filters
        return {
            "name": name,
            "heading": capfirst(other.label_plural),
            "through": column.label,
            "icon": other.icon,
            "count": pages.capped_count(rows),
            "heads": [(capfirst(listed.label), css_of(listed)) for listed in shown],
            "lines": self.lines(other, shown, found[:RELATED]),
            "number": number,
            "more": len(found) > RELATED,
            "list_url": addresses.list_url(other) + f"?{column.name}={self.row.public_id}" if in_list else "",
        }

    def lines(self, other, columns, rows):
        readers = other.readers(self.viewer, [column.name for column in columns], rows) if columns else []
        return [
            {
                "url": addresses.record_url(row),
                "name": str(row),
                "cells": [
                    (css_of(column), capfirst(column.label), column.display(read(row))) for column, read in readers
                ],
            }
            for row in rows
        ]


def page_number(request):
    """The page of a list that is asked for as `p`: 1 to 1000."""
    asked = request.GET.get("p", "")
    return min(int(asked), 1000) if asked.isdigit() and len(asked) < 7 and int(asked) else 1


class TimelineView(RecordTab):
    """Everything that happened to the record, or one kind of it (`kind` in the address)."""

    tab = "timeline"
    template_name = "registers/timeline.html"

    def get(self, request, *args, **kwargs):
        kind = request.GET.get("kind", "")
        names = [kind] if kind in timeline.SOURCES else None
        number = page_number(request)
        restorable = not self.row.is_void and self.may("change")
        entries, more = timeline.timeline(self.register, self.row, self.viewer, number, restorable, names)
        kinds = [("", _("Everything"), names is None)]
        kinds += [(name, origin.label, [name] == names) for name, origin in timeline.SOURCES.items()]
        return self.page(entries=entries, number=number, more=more, kinds=kinds)


class RevealView(RecordFrame):
    """One masked value of one record in full, for this look only; who looked, and why, is kept for ever."""

    verb = "reveal"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        keeper, row, column = self.place(request.POST.get("field", ""))
        reason = request.POST.get("reason", "").strip()[:200]
        if column is None or not column.personal:
            return JsonResponse({"error": _("There is nothing to reveal.")}, status=422)
        if not reason:
            return JsonResponse({"error": _("Please give a reason.")}, status=422)
        try:
            return JsonResponse({"text": reveal(keeper, row, column, request.user, reason)})
        except TooManyLooks as error:
            return JsonResponse({"error": str(error)}, status=429)

    def place(self, name):
        """(register or part, record or line, Column or None) of a field `name`, or `part.id of the line.name`."""
        if name.count(".") != 2:
            return self.register, self.row, self.register.fields_for(self.viewer).get(name)
        code, key, name = name.split(".")
        for part in self.register.parts:
            if part.code == code:
                for line in part.lines_of([self.row])[self.row.pk]:
                    if line.public_id == key:
                        return part, line, part.fields_for(self.viewer).get(name)
        return self.register, self.row, None


def reveal(register, row, column, user, reason):
    """The text of a masked value. The caller has asked whether `user` may; the look is written down first, and
    TooManyLooks raised where the person has had as many as one may."""
    reveal_within_limits(user, register=register.code, row=row.pk, fields=[column.name], reason=reason)
    value = column.raw(row)
    return value if isinstance(value, str) else column.display(value)
