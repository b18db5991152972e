"""Choosing the record another one points to: as a list while there are few, by typing when there are many."""

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import addresses

FEW = 200
OFFERED = 20


def choosable(register, viewer):
    """The rows of `register` that `viewer` may point to."""
    return register.choosable(viewer)


def label_of(register, row):
    """How `row`, which the viewer is known to see, is offered: its title, and its number where names repeat."""
    title = register.column(register.title_field)
    if title.field.is_relation:
        return label_of(title.target, title.get(row))
    parts = [] if title.personal else [title.display(title.raw(row))]
    for name in register.key:
        column = register.column(name)
        if name != title.name and not column.personal and not column.field.is_relation:
            parts.append(column.display(column.raw(row)))
    return " · ".join(part for part in parts if part) or str(row)


def offers(register, viewer, query=""):
    """[{"id", "text"}] of up to OFFERED rows that contain `query`, newest first."""
    rows = choosable(register, viewer)
    if query:
        rows = register.finding(rows, query, viewer) if register.searched else _titled(register, rows, query)
    return [{"id": row.public_id, "text": label_of(register, row)} for row in rows.order_by("-pk")[:OFFERED]]


def _titled(register, rows, query):
    """Registers without a search are small lists, such as positions: their titles are read through."""
    title = register.column(register.title_field)
    unread = title.personal or title.field.is_relation
    return rows.none() if unread else rows.filter(**{f"{title.name}__icontains": query})


class ChooserInput(forms.TextInput):
    """A box to type in; the chosen record's public id travels in a hidden input beside it."""

    template_name = "registers/widgets/chooser.html"

    def __init__(self, field_url, attrs=None):
        super().__init__(attrs)
        self.field_url = field_url
        self.text_of = lambda value: ""

    @property
    def media(self):
        return forms.Media(js=[forms.Script("registers/choose.js", type="module")])

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["url"] = self.field_url
        context["widget"]["text"] = self.text_of(value) if value else ""
        return context


class _Offered(ModelChoiceIterator):
    def choice(self, obj):
        return (self.field.prepare_value(obj), self.field.label_from_instance(obj))


class ReferenceFormField(forms.ModelChoiceField):
    """One record of the register `column` points to, among those `viewer` may see and the one already stored."""

    iterator = _Offered

    def __init__(self, column, viewer, *, stored=None, url, **kwargs):
        self.column, self.target, self.viewer, self.stored = column, column.target, viewer, stored
        rows = choosable(self.target, viewer)
        if stored is not None:
            rows = rows | self.target.model.rows.filter(pk=stored.pk)
        many = len(choosable(self.target, viewer).values("pk")[: FEW + 1]) > FEW
        if many:
            kwargs["widget"] = ChooserInput(url)
        kwargs = {
            "label": capfirst(column.label),
            "required": column.required,
            "help_text": column.field.help_text,
        } | kwargs
        super().__init__(rows.order_by(self._order()), to_field_name="public_id", empty_label="—", **kwargs)
        self.error_messages["invalid_choice"] = _("Please choose an entry of the list.")
        if many:
            self.widget.text_of = self._text_of

    def _order(self):
        title = self.target.column(self.target.title_field)
        return "pk" if title.personal else title.name

    def label_from_instance(self, obj):
        if self.stored is not None and obj.pk == self.stored.pk:
            return self.target.name_of(obj, self.viewer)
        return label_of(self.target, obj)

    def _text_of(self, value):
        row = self.queryset.filter(public_id=value).first()
        return self.label_from_instance(row) if row else ""


def choose_url(column):
    """Where the offers for a reference column of a register are asked for."""
    return addresses.list_url(column.register, "index") + f"choose/{column.name}/"
