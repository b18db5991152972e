"""The form of a record, made from its declaration: sections, masks, references within reach, fixed fields."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput, AdminDateTimeInput

from .. import dictionaries
from ..changes.checks import owner_of_new, site_for_new
from ..forms import DictionaryFormField
from .references import ReferenceFormField, choose_url

_WIDGETS = {"Day": AdminDateInput, "Moment": AdminDateTimeInput, "LongText": AdminAutoHeightTextInput}


class RecordForm(forms.Form):
    """The fields of one record as `viewer` may fill them in. Saves nothing: `changes()` says what to write.

    A masked value is never in the form: its input is empty and shows the mask, and left empty keeps the value.
    A field that the viewer may not set is shown and cannot be filled in.
    """

    def __init__(self, register, viewer, row=None, data=None, initial=None, prefix=None):
        self.register, self.viewer, self.row = register, viewer, row
        super().__init__(data, initial=initial, prefix=prefix, use_required_attribute=False)
        self.columns = {column.name: column for column in self._columns()}
        self.fixed = {
            name
            for name, column in self.columns.items()
            if row and (column.read_only_for(viewer) or not self.asks_for(column))
        }
        self.masked = {name for name, column in self.columns.items() if self._is_masked(column)}
        for name, column in self.columns.items():
            if name not in self.fixed:
                self.fields[name] = self._field(column)

    def _columns(self):
        """Every column of the layout; a new record also asks for its site when that is not known."""
        columns = [column for _heading, columns in self.register.layout_for(self.viewer) for column in columns]
        if not self.row:
            columns = [c for c in columns if self.asks_for(c) and (c.required or not c.kept_from(self.viewer))]
        site = self.register.fields.get(self.register.scope.site)
        if site and site not in columns and not self.row and site_for_new(self.register, self.viewer) is None:
            columns.insert(0, site)
        return columns

    def asks_for(self, column):
        return column.typed and not column.computed

    def _is_masked(self, column):
        return self.row is not None and self.register.values.masks(column, self.row, self.viewer)

    def _field(self, column):
        stored = column.get(self.row) if self.row else self._proposed(column)
        if column.field.is_relation:
            field = ReferenceFormField(
                column, self.viewer, stored=stored if self.row else None, url=choose_url(column)
            )
            field.initial = stored
            return field
        kwargs = {"widget": _WIDGETS[column.kind]} if column.kind in _WIDGETS else {}
        field = column.field.formfield(label=capfirst(column.label), **kwargs)
        field.initial = stored
        if isinstance(field, DictionaryFormField) and stored and stored not in dict(field.choices):
            field.choices = [*field.choices, (stored, dictionaries.label(column.dictionary, stored))]
        if column.name in self.masked:
            field.initial, field.required = None, False
            field.widget.attrs["placeholder"] = column.display(column.mask(column.raw(self.row)))
            field.help_text = _("Masked. Leave empty to keep the value.")
        return field

    def _proposed(self, column):
        """What a new record starts with: the field's default, its site, its maker as the owner."""
        if column.name == self.register.scope.site:
            known = site_for_new(self.register, self.viewer)
            return column.field.related_model.rows.filter(pk=known).first() if known else None
        if column.name == self.register.scope.own and column.field.is_relation:
            owner = owner_of_new(self.register, self.viewer)
            return column.field.related_model.rows.filter(pk=owner).first() if owner else None
        return None if column.field.is_relation or not column.field.has_default() else column.field.get_default()

    def clean(self):
        """Every field judged by the model's rules as well, so that all errors show at once."""
        cleaned = super().clean()
        for name in list(cleaned):
            column = self.columns[name]
            if name in self.masked and cleaned[name] in (None, "", [], ()):
                del cleaned[name]
            elif not column.field.is_relation:
                try:
                    cleaned[name] = column.field.clean(cleaned[name], self.row)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def changes(self, base=None):
        """{field: value} of what was filled in and differs from `base`, the state the writer saw; all when new."""
        if base is None:
            return dict(self.cleaned_data)
        return {name: value for name, value in self.cleaned_data.items() if self.differs(name, value, base)}

    def differs(self, name, value, state):
        """Whether `value`, as it was filled in, is another one than `state` holds. Ticked boxes have no order."""
        column = self.columns[name]
        value, stored = (value.pk if column.field.is_relation and value else value), column.raw(state)
        if column.dictionary and isinstance(value, list) and isinstance(stored, list):
            return set(value) != set(stored)
        return value != stored

    def refuse(self, refused):
        """Puts the door's refusals at their fields; those of fields not in the form stand above it."""
        self.refuse_by(refused.by_field())

    def refuse_by(self, found):
        """Puts {field or None: [messages]} at the fields."""
        for name, messages in found.items():
            for message in messages:
                if name in self.fields:
                    self.add_error(name, message)
                elif name in self.register.fields:
                    self.add_error(None, f"{capfirst(self.register.fields[name].label)}: {message}")
                else:
                    self.add_error(None, message)

    def sections(self):
        """[(heading, [{"field": bound field} or {"label", "text"} for a fixed one])]"""
        layout = self.register.layout_for(self.viewer)
        placed = [(heading, [c.name for c in columns if c.name in self.columns]) for heading, columns in layout]
        known = {name for _heading, names in placed for name in names}
        placed[0][1][:0] = [name for name in self.columns if name not in known]
        return [(heading, [self._drawn(name) for name in names]) for heading, names in placed if names]

    def _drawn(self, name):
        if name not in self.fixed:
            return {"field": self[name]}
        column = self.columns[name]
        text = self.register.text(self.row, name, self.viewer)
        return {"label": capfirst(column.label), "computed": column.computed, "text": text}

    def mistakes(self):
        """[(label, id of the input, message)] for the summary above the form."""
        found = [("", "", message) for message in self.non_field_errors()]
        for name, messages in self.errors.items():
            if name in self.fields:
                found += [(self.fields[name].label, self[name].id_for_label, message) for message in messages]
        return found
