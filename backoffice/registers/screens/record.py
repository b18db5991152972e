"""The page of a record, read before it is changed: header strip, details, related records, timeline."""

from django.http import JsonResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button, HeaderButton

from .. import catalogue
from ..models import Access
from . import addresses, pages, timeline
from .frame import RecordFrame
from .listing import css_of

FIGURES = 4
RELATED = 10


def relations_to(register, viewer):
    """[(register, column)] of every reference to `register` in registers the viewer knows."""
    return [
        (other, column)
        for other in catalogue.registers()
        if other.seen_by(viewer)
        for column in other.fields.values()
        if column.field.is_relation and column.field.related_model is register.model
    ]


class RecordTab(RecordFrame):
    """What all tabs share: the header strip with key figures and next actions."""

    tab = "record"

    def get_breadcrumbs_items(self):
        return super().get_breadcrumbs_items()[:-1] + [{"url": "", "label": self.name}]

    @cached_property
    def header_buttons(self):
        if self.row.is_void or not self.may("change"):
            return []
        return [HeaderButton(_("Edit"), addresses.record_url(self.row, "edit"), icon_name="edit")]

    @cached_property
    def header_more_buttons(self):
        further = self.register.actions(self.row, self.viewer)
        buttons = [Button(label, address, icon_name=icon) for label, address, icon in further]
        if self.may("void") and self.row.is_void:
            buttons.append(Button(_("Bring back"), addresses.record_url(self.row, "unvoid"), icon_name="rotate"))
        elif self.may("void"):
            buttons.append(Button(_("Void"), addresses.record_url(self.row, "void"), icon_name="bin"))
        return buttons

    def tabs(self):
        names = [("record", _("Details")), ("related", _("Related records")), ("timeline", _("Timeline"))]
        if not relations_to(self.register, self.viewer):
            del names[1]
        return [(label, addresses.record_url(self.row, name), name == self.tab) for name, label in names]

    def figures(self):
        """The first list columns besides the title: [(label, text)] of those that hold something."""
        names = [column.name for column in self.register.list_columns if column.name != self.register.title_field]
        readers = self.register.readers(self.viewer, names[:FIGURES], [self.row]) if names else []
        found = [(capfirst(column.label), column.display(read(self.row))) for column, read in readers]
        return [(label, text) for label, text in found if text]

    def get_context_data(self, **kwargs):
        number = str(self.row)
        return super().get_context_data(
            tabs=self.tabs(),
            figures=self.figures(),
            record_number=number if number not in (self.name, self.row.public_id) else "",
            **kwargs,
        )


class DetailsView(RecordTab):
    template_name = "registers/record.html"

    def get(self, request, *args, **kwargs):
        reveal_url = addresses.record_url(self.row, "reveal") if self.may_reveal else ""
        return self.page(sections=self.sections(), may_reveal=self.may_reveal, reveal_url=reveal_url)

    @cached_property
    def may_reveal(self):
        return any(column.personal for column in self.register.fields.values()) and self.may("reveal")

    def sections(self):
        """[(heading, [field])] in the layout of the register; empty fields are shown, so that gaps are seen."""
        own = self.register.values.owns(self.row, self.viewer)
        layout = [(heading, columns) for heading, columns in self.register.layout if columns]
        names = [column.name for _heading, columns in layout for column in columns]
        readers = {column.name: read for column, read in self.register.readers(self.viewer, names, [self.row])}
        return [
            (heading, [self.field(column, readers[column.name], own) for column in columns])
            for heading, columns in layout
        ]

    def field(self, column, read, own):
        return {
            "name": column.name,
            "label": capfirst(column.label),
            "text": column.display(read(self.row)),
            "css": css_of(column),
            "long": column.kind == "LongText",
            "masked": column.personal and not own and bool(column.raw(self.row)),
            "url": self.target_url(column),
        }

    def target_url(self, column):
        """The page of the record a reference points to, when the viewer may see it."""
        if column.field.is_relation and self.register.values.reached(column, [self.row], self.viewer):
            return addresses.record_url(getattr(self.row, column.name))
        return None


class RelatedView(RecordTab):
    """Records that point here, each through its own register's scope and masks."""

    tab = "related"
    template_name = "registers/related.html"

    def get(self, request, *args, **kwargs):
        blocks = [self.block(other, column) for other, column in relations_to(self.register, self.viewer)]
        return self.page(blocks=[block for block in blocks if block["lines"]])

    def block(self, other, column):
        columns = [shown for shown in other.list_columns if shown.name != column.name]
        rows = other.visible(self.viewer).filter(voided_at=None, **{column.name: self.row.pk}).order_by("-pk")
        rows = list(pages.fetched(rows, other, columns)[: RELATED + 1])
        readers = other.readers(self.viewer, [shown.name for shown in columns], rows[:RELATED]) if columns else []
        more = addresses.list_url(other) + f"?{column.name}={self.row.public_id}"
        return {
            "heading": capfirst(other.label_plural),
            "through": column.label,
            "icon": other.icon,
            "heads": [(capfirst(shown.label), css_of(shown)) for shown in columns],
            "lines": [
                {
                    "url": addresses.record_url(row),
                    "name": str(row),
                    "cells": [
                        (css_of(shown), capfirst(shown.label), shown.display(read(row))) for shown, read in readers
                    ],
                }
                for row in rows[:RELATED]
            ],
            "more_url": more if len(rows) > RELATED and column.name in other.filters else None,
        }


class TimelineView(RecordTab):
    tab = "timeline"
    template_name = "registers/timeline.html"

    def get(self, request, *args, **kwargs):
        asked = request.GET.get("p", "")
        number = min(int(asked), 1000) if asked.isdigit() and int(asked) else 1
        restorable = not self.row.is_void and self.may("change")
        entries, more = timeline.timeline(self.register, self.row, self.viewer, number, restorable)
        return self.page(entries=entries, number=number, more=more)


class RevealView(RecordFrame):
    """One masked value of one record in full, for this look only; who looked, and why, is kept for ever."""

    verb = "reveal"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        column = self.register.fields.get(request.POST.get("field", ""))
        reason = request.POST.get("reason", "").strip()[:200]
        if column is None or not column.personal:
            return JsonResponse({"error": _("There is nothing to reveal.")}, status=422)
        if not reason:
            return JsonResponse({"error": _("Please give a reason.")}, status=422)
        return JsonResponse({"text": reveal(self.register, self.row, column, request.user, reason)})


def reveal(register, row, column, user, reason):
    """The text of a masked value. The caller has asked whether `user` may; the look is written down first."""
    Access.objects.create(
        kind=Access.Kind.REVEAL, actor=user, register=register.code, row=row.pk, fields=[column.name], reason=reason
    )
    value = column.raw(row)
    return value if isinstance(value, str) else column.display(value)
