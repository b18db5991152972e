"""The one form of a filter: a small tree of typed conditions that compiles to a predicate of the ORM.

As JSON a condition is `{"field": "intent_grade", "is": "any_of", "value": ["A"]}` and a group is
`{"all": [...]}` or `{"any": [...]}` of conditions and groups. `read` turns JSON into a tree for one viewer and
raises `NotUnderstood` for whatever it does not know: an unknown field in a question is an error, because a filter
that is ignored shows rows nobody asked for. Quick filters, the builder, saved views, bulk edit, exports and the API
all go through here.
"""

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .operands import NotUnderstood
from .operators import Operator, operators_of

DEEPEST = 3
MOST_CONDITIONS = 50
# Columns of the engine that every record has and lists may be narrowed by.
SYSTEM = ("created_at", "updated_at")
KEPT = "kept"


@dataclass(frozen=True)
class Condition:
    """One comparison of one column. `given` is the operand as JSON, `value` as Python."""

    column: object
    operator: Operator
    given: object
    value: object

    @property
    def columns(self):
        return [self.column]

    def predicate(self):
        return self.operator.predicate(self.column, self.value)

    def as_json(self, keep=None):
        """The condition as JSON; with `keep(text) -> token`, words that were typed freely are left behind as one."""
        given = {KEPT: keep(self.given)} if keep and self.operator.operand.free else self.given
        plain = {"field": self.column.name, "is": self.operator.code}
        return plain if given is None else plain | {"value": given}

    @property
    def label(self):
        return capfirst(self.column.label)

    @cached_property
    def text(self):
        """The operator and the operand in words; the operator is left out where it goes without saying."""
        said = self.operator.operand.say(self.value, self.column)
        if self.operator.code in _UNSAID and said:
            return said
        return f"{self.operator.label} {said}".strip()

    def described(self, free=True):
        """The condition in words; with `free` False without what was typed freely, for logs."""
        if not free and self.operator.operand.free:
            return f"{self.label}: {self.operator.label} …"
        return f"{self.label}: {self.text}"


_UNSAID = ("any_of", "is", "within", "between", "on")


@dataclass(frozen=True)
class Group:
    """Several conditions of which all or any must hold. A group of none holds for every row."""

    joined: str = "all"
    parts: tuple = ()

    def __bool__(self):
        return bool(self.parts)

    @property
    def columns(self):
        return [column for part in self.parts for column in part.columns]

    def predicate(self):
        found = Q()
        for part in self.parts:
            found = found & part.predicate() if self.joined == "all" else found | part.predicate()
        return found

    def as_json(self, keep=None):
        return {self.joined: [part.as_json(keep) for part in self.parts]}

    @property
    def label(self):
        return _("All of these") if self.joined == "all" else _("Any of these")

    @property
    def text(self):
        return self.described()

    def described(self, free=True):
        between = _("; ") if self.joined == "all" else _(" or ")
        said = [
            f"({part.described(free)})" if isinstance(part, Group) else part.described(free) for part in self.parts
        ]
        return between.join(said)

    def without(self, place):
        return Group(self.joined, self.parts[:place] + self.parts[place + 1 :])


def both(first, second):
    """The group of the rows for which `first` and `second` hold."""
    parts = [*_parts_of_all(first), *_parts_of_all(second)]
    return Group("all", tuple(parts))


def _parts_of_all(group):
    if group.joined == "all" or len(group.parts) < 2:
        return group.parts
    return (group,)


def filterable(register, viewer):
    """[Column] by which `viewer` may narrow the list of `register`."""
    columns = [*register.fields.values(), *(register.column(name) for name in SYSTEM)]
    return [column for column in columns if operators_of(column, viewer)]


def read(register, viewer, given, recall=None):
    """The Group of the JSON `given`. `recall(token) -> text or None` brings back words left behind by `as_json`.

    Raises NotUnderstood, with the reason as a sentence.
    """
    if given in (None, {}):
        return Group()
    reader = _Reader(register, viewer, recall)
    tree = reader.part(given, 1)
    return tree if isinstance(tree, Group) else Group("all", (tree,))


def condition(register, viewer, field, operator, value=None):
    """One Condition from its parts."""
    return _Reader(register, viewer, None).condition({"field": field, "is": operator, "value": value})


class _Reader:
    def __init__(self, register, viewer, recall):
        self.register, self.viewer, self.recall = register, viewer, recall
        self.count = 0

    def part(self, given, depth):
        if not isinstance(given, dict):
            raise NotUnderstood(_("This filter cannot be read."))
        for joined in ("all", "any"):
            if set(given) == {joined}:
                return self.group(joined, given[joined], depth)
        return self.condition(given)

    def group(self, joined, given, depth):
        if depth > DEEPEST:
            raise NotUnderstood(_("Groups may stand in groups, but no deeper."))
        if not isinstance(given, list):
            raise NotUnderstood(_("This filter cannot be read."))
        parts = [self.part(one, depth + 1) for one in given]
        return Group(joined, tuple(part for part in parts if not isinstance(part, Group) or part))

    def condition(self, given):
        self.count += 1
        if self.count > MOST_CONDITIONS:
            raise NotUnderstood(_("A filter has at most %(most)d conditions.") % {"most": MOST_CONDITIONS})
        if not {"field", "is"} <= set(given) <= {"field", "is", "value"}:
            raise NotUnderstood(_("This filter cannot be read."))
        column = column_named(self.register, self.viewer, given["field"])
        operators = operators_of(column, self.viewer)
        operator = operators.get(given["is"]) if isinstance(given["is"], str) else None
        if operator is None:
            raise NotUnderstood(
                _("“%(field)s” cannot be compared by “%(operator)s”.")
                % {"field": column.label, "operator": given["is"]}
            )
        value = self.recalled(given.get("value"), operator)
        return Condition(column, operator, value, operator.operand.read(value, column, self.viewer))

    def recalled(self, value, operator):
        if not (isinstance(value, dict) and set(value) == {KEPT} and operator.operand.free and self.recall):
            return value
        text = self.recall(value[KEPT])
        if text is None:
            raise NotUnderstood(forgotten())
        return text


def forgotten():
    """What to say when words that were left behind cannot be brought back."""
    return _("The words this list was narrowed by are not kept any more. Please type them again.")


def column_named(register, viewer, name):
    """The Column by which `viewer` may narrow `register`; raises NotUnderstood for an unknown or masked one."""
    known = isinstance(name, str) and (name in register.fields_for(viewer) or name in SYSTEM)
    try:
        column = register.column(name) if known else None
    except ImproperlyConfigured:
        column = None
    if column is None:
        raise NotUnderstood(
            _("There is no field “%(field)s” in %(register)s.") % {"field": name, "register": register.label_plural}
        )
    if not operators_of(column, viewer):
        raise NotUnderstood(_("Lists cannot be narrowed by “%(field)s”.") % {"field": column.label})
    return column
