"""The shapes of a register in JSON, made from its declaration."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, create_model, model_serializer

from ..screens.filters import VOID

_TYPES = {
    "YesNo": bool,
    "Moment": datetime,
    "Day": date,
    "Integer": int,
    "Amount": Decimal,
    "Quantity": Decimal,
    "Area": Decimal,
    "AmountRange": list[Decimal],
    "AreaRange": list[Decimal],
    "TextList": list[str],
    "PhoneList": list[str],
    "ChoiceList": list[str],
}


class Reference(Schema):
    """Another record: its id, and what it is called as far as the asker may know."""

    id: str
    name: str


ADDED = "Values of the fields that managers added, by key; the operation “fields” lists them."


class Base(Schema):
    """What every record has. A field that does not exist for the asker is left out."""

    id: str = Field(description="Public id; stands in addresses.")
    number: str
    version: int = Field(description="Send it back with a change.")
    void: bool
    created_at: datetime
    updated_at: datetime
    masked: list[str] = Field(description="Names of the fields whose value is masked in this answer.")
    added: dict[str, Any] = Field(default_factory=dict, description=ADDED)

    @model_serializer(mode="wrap")
    def _told(self, serialize):
        return {name: value for name, value in serialize(self).items() if name in self.model_fields_set}


class Values(Schema):
    model_config = ConfigDict(extra="forbid")

    added: dict[str, Any] = Field(default_factory=dict, description=f"{ADDED} An unknown key is refused.")


class Input(Schema):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=200, description="Why; stands in the history.")


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


LINES = "Lines to add, to change (with their id) or to take out; lines that are not named stay as they are."


class LineIn(Strict):
    """A line of a part: without an id a new one."""

    id: str | None = None
    version: int | None = Field(None, description="The version the change is based on; another one gives 409.")
    take_out: bool = False


class VoidIn(Schema):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=200)
    version: int | None = None


CONDITIONS = (
    'A tree: {"field", "is", "value"} compares a field; {"all": [...]} and {"any": [...]} join comparisons and '
    "groups. An unknown or masked field is refused."
)


class Conditions(Schema):
    """One comparison (field, is, value) or one group (all, any)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    field: str | None = None
    operator: str | None = Field(None, alias="is", description="contains, any_of, between, within, empty …")
    value: Any = None
    every: list["Conditions"] | None = Field(None, alias="all")
    some: list["Conditions"] | None = Field(None, alias="any")

    def as_json(self):
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Where(Schema):
    """The records of a question; nothing narrowed means every record the asker may change."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field("", max_length=100)
    conditions: Conditions | None = Field(None, description=CONDITIONS)


class BulkIn(Schema):
    model_config = ConfigDict(extra="forbid")

    action: Literal["change", "void"]
    reason: str = Field(min_length=1, max_length=200, description="Why; stands in the history.")
    ids: list[str] | None = Field(None, min_length=1, max_length=1000)


class BulkProblem(Schema):
    id: str
    errors: dict[str, list[str]]


class BulkOut(Schema):
    """A bulk edit at work in the background, or over."""

    id: str
    state: Literal["choosing", "judging", "previewed", "writing", "done", "failed"]
    done: int = Field(description="Records decided so far.")
    total: int | None = Field(None, description="Records to decide; unknown before the work begins.")
    written: int
    refused: int
    conflicts: int = Field(description="Records that somebody else changed meanwhile; they were left alone.")
    beyond: int = Field(description="Records that were meant and that the asker may see but not change.")
    change_set: str | None = Field(None, description="Public id of the change set, once all is done.")
    sentence: str = Field("", description="Why it stopped.")
    problems: list[BulkProblem] = Field(description="The first hundred refused records.")
    location: str = Field(description="Where to ask how far it is.")


class Searching(Schema):
    model_config = ConfigDict(extra="forbid")

    query: str = Field("", max_length=100, description="Part of a text; a number or its last four digits.")
    conditions: Conditions | None = Field(None, description=CONDITIONS)


class DifferenceOut(Schema):
    field: str
    label: str
    old: str
    new: str
    hidden: bool


class EntryOut(Schema):
    at: datetime
    kind: str = Field(description="created, changed, voided, unvoided or seen")
    who: str
    channel: str
    reason: str
    source: str
    change_set: str = Field(description="Public id of the change set.")
    differences: list[DifferenceOut]


class HistoryOut(Schema):
    items: list[EntryOut]
    more: bool


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="What kind of problem; for programs.")
    title: str = Field(description="The same for people.")
    status: int
    detail: str = Field(description="What is the matter with this request.")
    instance: str = Field(description="The request, as the logs name it.")


class Mistakes(Problem):
    errors: dict[str, list[str]] = Field(
        default_factory=dict, description="Messages by field; those of the whole record under `record`."
    )


class Outdated(Problem):
    version: int | None = Field(None, description="The version the record has now; absent when a key is in use.")


def type_of(column):
    return _TYPES.get(column.kind, str)


def record_schema(register):
    """What a record, or a line of a part, looks like to a reader."""
    fields = {
        name: ((Reference if column.field.is_relation else type_of(column)) | None, _told(column, None))
        for name, column in register.own_fields.items()
    }
    if register.parts:
        lines = {part.code: (list[record_schema(part)], _told_of(part, ...)) for part in register.parts}
        fields["lines"] = (create_model(f"{title_of(register)}Lines", __base__=Schema, **lines), ...)
    return create_model(f"{title_of(register)}Record", __base__=Base, **fields)


def create_schema(register):
    """What creating takes. The site may be left out where it follows from the asker."""
    fields = {}
    for name, column in _settable(register):
        required = column.required and name != register.scope.site
        fields[name] = _in(column, required)
    values = create_model(f"{title_of(register)}New", __base__=Values, **fields)
    return create_model(f"{title_of(register)}Create", __base__=Input, values=(values, ...), **_lines_in(register))


def _lines_in(register):
    """{"lines": what writing takes for the lines of the parts}; nothing for registers without parts."""
    if not register.parts:
        return {}
    parts = {}
    for part in register.parts:
        fields = {name: _in(column, False) for name, column in _settable(part)}
        line = create_model(f"{title_of(part)}Line", __base__=LineIn, **fields)
        parts[part.code] = (
            list[line],
            Field(default_factory=list, max_length=200, description=str(part.label_plural)),
        )
    lines = create_model(f"{title_of(register)}LinesIn", __base__=Strict, **parts)
    return {"lines": (lines, Field(default_factory=lines, description=LINES))}


def _settable(register):
    """(name, Column) of the declared fields that a caller may set: a number is drawn, not given."""
    return [(name, column) for name, column in register.own_fields.items() if not column.computed]


def change_schema(register):
    """What changing takes: the version that was read, and only the fields to be set."""
    fields = {name: _in(column, False) for name, column in _settable(register)}
    values = create_model(f"{title_of(register)}Values", __base__=Values, **fields)
    told = "The version the change is based on; another one gives 409. May stand in the header If-Match instead."
    version = (int | None, Field(None, description=told))
    told = {"version": version, "values": (values, Field(default_factory=values))} | _lines_in(register)
    return create_model(f"{title_of(register)}Change", __base__=Input, **told)


def bulk_schema(register, narrowing):
    """What a bulk edit takes: either ids or a question like that of a search, and the values to be set."""
    fields = {name: _in(column, False) for name, column in register.own_fields.items()}
    title = title_of(register)
    values = create_model(f"{title}BulkValues", __base__=Values, **fields)
    where = create_model(
        f"{title}Where",
        __base__=Where,
        filters=(narrowing, Field(default_factory=narrowing)),
    )
    return create_model(f"{title}Bulk", __base__=BulkIn, where=(where | None, None), values=(values | None, None))


def state_schema(register):
    """What a change of state takes."""
    state = (str, _told(register.state_column, ...))
    told = "The version the change is based on. May stand in the header If-Match instead."
    version = (int | None, Field(None, description=told))
    return create_model(f"{title_of(register)}State", __base__=Input, state=state, version=version)


def list_schema(register, record):
    return create_model(
        f"{title_of(register)}List",
        __base__=Schema,
        items=(list[record], ...),
        next=(str | None, Field(None, description="Cursor of the next page.")),
        count=(int, Field(description="Counted up to 10,001.")),
    )


def filters_schema(filters, name):
    """The parameters that narrow a list, by the names they have in an address."""
    fields = {}
    for item in filters.values():
        for parameter in item.parameters:
            several = len(item.parameters) == 1 and item.name != VOID
            kind = (list[str], Field(default_factory=list, description=str(item.label)))
            fields[parameter] = kind if several else (str | None, Field(None, description=str(item.label)))
    return create_model(name, __base__=Schema, **fields)


def search_schema(register, paging, narrowing):
    """What a search takes: a query, the filters of the list, a tree of conditions, and the page."""
    return create_model(
        f"{title_of(register)}Search",
        __base__=(Searching, paging),
        filters=(narrowing, Field(default_factory=narrowing)),
    )


def _in(column, required):
    kind = str if column.field.is_relation else type_of(column)
    return (kind, _told(column, ...)) if required else (kind | None, _told(column, None))


def _told_of(part, default):
    return Field(default, description=str(part.label_plural))


def _told(column, default):
    notes = [str(column.label)]
    if column.dictionary:
        notes.append(f"a code of the dictionary {column.dictionary}")
    elif column.field.choices:
        notes.append(", ".join(str(code) for code, _label in column.field.flatchoices if code))
    if column.field.is_relation and column.target:
        notes.append(f"the id of a record of {column.target.code}")
    if column.personal:
        notes.append("masked unless the record is the asker's own")
    return Field(default, description="; ".join(notes))


def title_of(register):
    return register.code.title().replace("_", "").replace("-", "")
