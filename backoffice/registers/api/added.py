"""Added fields in the API: under `added`, as {key: value}, because the document is the same for every install.

Which keys there are, and what each holds, the operation `fields` tells.
"""

from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import TypeAdapter, ValidationError

from .. import dictionaries
from ..changes import Refusal, Refused
from .schemas import type_of


class AddedField(Schema):
    """One added field as the asker may use it."""

    key: str
    label: str
    kind: str = Field(description="text, integer, amount, day, choice, record …")
    required: bool
    computed: bool = Field(description="Whether the value follows from other fields and cannot be sent.")
    register_code: str | None = Field(None, description="The register whose ids it holds.")
    choices: dict[str, str] | None = Field(None, description="Label by code; retired codes are left out.")


def columns_for(register, viewer):
    """{key: AddedColumn} of the fields that exist for `viewer`."""
    return {name: column for name, column in register.fields_for(viewer).items() if not column.on_model}


def described(register, viewer):
    """[AddedField] of a register."""
    return [
        AddedField(
            key=column.name,
            label=str(column.label),
            kind=column.definition.gives if column.computed else column.definition.kind,
            required=column.required,
            computed=column.computed,
            register_code=column.target.code if column.field.is_relation and column.target else None,
            choices=dict(dictionaries.choices(column.dictionary)) if column.dictionary else None,
        )
        for column in columns_for(register, viewer).values()
    ]


def no_such_field(register, name):
    """The Refusal of a field that does not exist, or not for the asker."""
    message = _("There is no field “%(field)s” in %(register)s.") % {"field": name, "register": register.label_plural}
    return Refusal(0, name, "unknown_field", message)


def taken(register, viewer, given):
    """{key: value} of what was sent under `added`, in the types of the fields. Raises Refused for every key that is
    unknown or computed and every value of another type."""
    columns, refusals, values = columns_for(register, viewer), [], {}
    for key, value in given.items():
        column = columns.get(key)
        if column is None:
            refusals.append(no_such_field(register, key))
            continue
        if column.computed:
            message = _("“%(field)s” is worked out from other fields.") % {"field": column.label}
            refusals.append(Refusal(0, key, "unknown_field", message))
            continue
        try:
            kind = str if column.field.is_relation else type_of(column)
            values[key] = TypeAdapter(kind | None).validate_python(value)
        except ValidationError:
            told = {"field": column.label, "kind": column.definition.get_kind_display()}
            refusals.append(Refusal(0, key, "invalid", _("“%(field)s” holds another kind: %(kind)s.") % told))
    if refusals:
        raise Refused(refusals)
    return {key: "" if value is None and not columns[key].field.null else value for key, value in values.items()}
