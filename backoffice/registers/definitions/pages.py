"""The screens of “Fields and options”: for whoever configures a register, 404 for everybody else."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from .. import catalogue
from ..register import in_chinese
from ..scope import viewer_of
from ..screens.addresses import fields_url
from ..screens.frame import RegisterFrame
from . import converting, formulas, operations, wording
from .columns import column_of
from .forms import FieldForm
from .models import FieldDefinition, Kind


class FieldsFrame(RegisterFrame):
    """A screen about the fields of one register."""

    def setup(self, request, *args, **kwargs):
        viewer = viewer_of(request.user)
        try:
            self.register = catalogue.get(kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        if not operations.may_define(self.register, viewer):
            raise Http404
        super().setup(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        items = [
            *super().get_breadcrumbs_items(),
            {"url": fields_url(self.register), "label": _("Fields and options")},
        ]
        return [*items, {"url": "", "label": self.get_page_title()}] if self.get_page_title() else items

    def own_url(self, name, *args):
        return reverse(f"definitions_{name}", args=[self.register.code, *args])


class FieldsView(FieldsFrame):
    """Every field of the register in its section: the declared ones to read, the added ones to arrange."""

    template_name = "definitions/fields.html"

    def get_page_title(self):
        return _("Fields and options")

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()
        return [*items[:-2], {"url": "", "label": items[-1]["label"]}]

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(_("Add a field"), self.own_url("new"), icon_name="plus"),
            HeaderButton(
                _("Who sees which field"), reverse("access_rules", args=[self.register.code]), icon_name="lock"
            ),
        ]

    def get(self, request, *args, **kwargs):
        found = list(FieldDefinition.objects.filter(register=self.register.code).order_by("position", "pk"))
        return self.page(
            sections=self.sections([definition for definition in found if definition.archived_at is None]),
            archived=[self.line(definition) for definition in found if definition.archived_at is not None],
            arrange_url=self.own_url("arrange"),
        )

    def sections(self, definitions):
        """[{"heading", "name", "declared", "added"}] in the order of the record's page."""
        layout = [(in_chinese(heading), heading, columns) for heading, columns in self.register.own_layout]
        found = {
            name: {"heading": heading, "name": name, "declared": self.declared(columns), "added": []}
            for name, heading, columns in layout
        }
        last = layout[-1][0]
        for definition in definitions:
            wanted = definition.section or last
            place = found.setdefault(wanted, {"heading": wanted, "name": wanted, "declared": [], "added": []})
            place["added"].append(self.line(definition))
        return list(found.values())

    def declared(self, columns):
        return [{"label": capfirst(c.label), "kind": _kind_of(c), "required": c.required} for c in columns]

    def line(self, definition):
        return {
            "definition": definition,
            "name": definition.named(),
            "url": self.own_url("field", definition.key),
            "state": state_of(definition),
        }


def _kind_of(column):
    """What a declared field holds, in the words of the kinds managers choose from."""
    kinds = {
        "LongText": Kind.LONG_TEXT, "Integer": Kind.INTEGER, "Quantity": Kind.QUANTITY, "Area": Kind.QUANTITY,
        "Amount": Kind.AMOUNT, "Day": Kind.DAY, "Moment": Kind.MOMENT, "YesNo": Kind.YES_NO, "Choice": Kind.CHOICE,
        "ChoiceList": Kind.CHOICES, "Person": Kind.STAFF, "Reference": Kind.RECORD, "Text": Kind.TEXT,
        "Name": Kind.TEXT, "Phone": Kind.TEXT, "IdentityNumber": Kind.TEXT,
    }  # fmt: skip
    # Some of the product's fields are of kinds that nobody can add, such as a range of areas.
    return kinds[column.kind].label if column.kind in kinds else ""


def state_of(definition):
    """(css class, words) of where a definition stands."""
    if definition.archived_at is not None:
        return "archived", _("archived")
    if definition.released_at is None:
        return "draft", _("draft")
    return ("waiting", _("changes wait for release")) if definition.draft else ("", _("in force"))


class ArrangeView(FieldsFrame):
    """Takes `order` ([“key|section”]) after a drag, or `move` (“key up”, “key down”) of a button."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        places = [
            (key, section[:40]) for key, _bar, section in (o.partition("|") for o in request.POST.getlist("order"))
        ]
        if "move" in request.POST:
            key, _blank, way = request.POST["move"].partition(" ")
            places = moved(places, key, way)
        operations.arrange(self.register, self.viewer, places)
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"said": _("The order is saved.")})
        return HttpResponseRedirect(fields_url(self.register))


def moved(places, key, way):
    """`places` with `key` one place up or down; over the edge of a section it joins the neighbour's."""
    at = next((place for place, (name, _section) in enumerate(places) if name == key), None)
    other = None if at is None else at - 1 if way == "up" else at + 1
    if other is None or not 0 <= other < len(places):
        return places
    places = list(places)
    if places[at][1] != places[other][1]:
        places[at] = (key, places[other][1])
    else:
        places[at], places[other] = places[other], places[at]
    return places


class FieldFrame(FieldsFrame):
    """A screen about one added field."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        known = FieldDefinition.objects.filter(register=self.register.code)
        self.definition = get_object_or_404(known, key=kwargs["key"])

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()
        url = self.own_url("field", self.definition.key)
        return [*items[:-1], {"url": url, "label": self.definition.named()}, items[-1]]

    def get_context_data(self, **kwargs):
        names = ("field", "release", "discard", "archive", "back", "history", "convert", "index")
        urls = {name: self.own_url(name, self.definition.key) for name in names}
        told = {"definition": self.definition, "name": self.definition.named(), "state": state_of(self.definition)}
        told["may_convert"] = bool(converting.targets(self.definition)) or self.definition.replaced_by_id
        told["may_index"] = self.definition.in_force and self.definition.kind not in operations.NOT_INDEXED
        return super().get_context_data(urls=urls, **told, **kwargs)


class Filling:
    """The form of a field, for a new one and for one that is there."""

    template_name = "definitions/field.html"

    def get(self, request, *args, **kwargs):
        return self.ask(FieldForm(self.register, self.viewer, self.definition))

    def post(self, request, *args, **kwargs):
        form = FieldForm(self.register, self.viewer, self.definition, request.POST)
        saved = form.save() if form.is_valid() else None
        if saved is None:
            return self.ask(form, 422)
        waits = saved.released_at is None or saved.draft
        messages.success(
            request, _("Noted. Nobody sees it before you release it.") if waits else _("Nothing differs.")
        )
        name = "release" if waits else "field"
        return HttpResponseRedirect(self.own_url(name, saved.key))

    def ask(self, form, status=200):
        usable = [c for c in formulas.usable(self.register) if c.open_to(self.viewer)]
        return self.page(
            status,
            form=form,
            media=form.media,
            readable=[{"label": str(c.label), "kind": _kind_of(c)} for c in usable],
            functions=formulas.EXAMPLES,
            trial_url=self.own_url("trial"),
        )


class NewView(Filling, FieldsFrame):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.definition = FieldDefinition(register=self.register.code, kind=Kind.TEXT)

    def get_page_title(self):
        return _("Add a field")


class FieldView(Filling, FieldFrame):
    def get_page_title(self):
        return self.definition.named()

    def get_breadcrumbs_items(self):
        items = super().get_breadcrumbs_items()
        return [*items[:-2], {"url": "", "label": items[-1]["label"]}]

    def post(self, request, *args, **kwargs):
        if self.definition.archived_at is not None:
            raise Http404
        return super().post(request, *args, **kwargs)


class TrialView(FieldsFrame):
    """What a formula gives for one record that is there: the newest, or the one behind `after`."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        gives = request.POST.get("gives", "")
        kind = gives if gives in Kind.values and gives != Kind.COMPUTED else Kind.TEXT
        trial = FieldDefinition(register=self.register.code, kind=Kind.COMPUTED, gives=kind, label="?")
        try:
            trial.expression = formulas.tidy(request.POST.get("expression", ""), self.register)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=422)
        names = formulas.fields_of(trial.expression)
        closed = names - set(self.register.fields_for(self.viewer))
        if closed:
            return JsonResponse({"error": _("This formula reads a field that you may not see.")}, status=422)
        row = self.row(request.POST.get("after", ""))
        if row is None:
            return JsonResponse({"error": _("There is no record yet to try it on.")}, status=422)
        column = column_of(self.register, trial)
        read = [
            f"{self.register.column(n).label}: {self.register.text(row, n, self.viewer) or '—'}"
            for n in sorted(names)
        ]
        result = column.display(formulas.value(column, row)) or _("no result")
        name = self.register.name_of(row, self.viewer, {row.pk})
        return JsonResponse({"name": name, "read": read, "result": result, "after": row.public_id})

    def row(self, after):
        rows = self.register.whole(self.register.visible(self.viewer)).filter(voided_at=None).order_by("-pk")
        edge = rows.filter(public_id=after).first() if after else None
        return (rows.filter(pk__lt=edge.pk).first() if edge else None) or rows.first()


class HistoryView(FieldFrame):
    template_name = "definitions/history.html"

    def get_page_title(self):
        return _("History of the field")

    def get(self, request, *args, **kwargs):
        return self.page(deeds=wording.deeds(self.register, self.definition))
