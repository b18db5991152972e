"""The small language of computed fields: numbers, texts, days, the fields of the row, and a few functions.

    {unit_price} * {area}          IF({paid} >= {total}, "paid", "owing")          DAYS({signed_on}, {paid_on})

A field stands in braces under its name or, as people type it, under its label. Nothing else is a name, nothing has
attributes, nothing loops, and both the size of a formula and of its numbers are bounded. A value that is missing
makes the result missing. Source: reliability.md 2.1 item 20.
"""

import ast
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..forms import half_width

LONGEST = 400
MOST_PARTS = 80
LARGEST = Decimal(10) ** 15
_FIELD = re.compile(r"\{([^{}]+)\}")
_SIGNS = str.maketrans({"×": "*", "÷": "/", "“": '"', "”": '"', "≥": ">=", "≤": "<=", "≠": "!="})


class _Missing(Exception):
    """A value the formula needs is not there, or it has no result, such as a division by zero."""


def _number(value):
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise _Missing
    if abs(value) > LARGEST:
        raise _Missing
    return value


def _day(value):
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    if not isinstance(value, date):
        raise _Missing
    return value


def _rounded(value, places=Decimal(0)):
    places = int(_number(places))
    if not 0 <= places <= 4:
        raise _Missing
    return _number(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


FUNCTIONS = {
    "ROUND": _rounded,
    "ABS": lambda value: abs(_number(value)),
    "MIN": lambda *values: min(map(_number, values)),
    "MAX": lambda *values: max(map(_number, values)),
    "DAYS": lambda first, last: Decimal((_day(last) - _day(first)).days),
    "YEAR": lambda day: Decimal(_day(day).year),
    "MONTH": lambda day: Decimal(_day(day).month),
    "TEXT": lambda *values: "".join(f"{value:f}" if isinstance(value, Decimal) else str(value) for value in values),
}
_BINARY = {
    ast.Add: lambda a, b: _number(a) + _number(b),
    ast.Sub: lambda a, b: _number(a) - _number(b),
    ast.Mult: lambda a, b: _number(a) * _number(b),
    ast.Div: lambda a, b: _number(a) / _number(b),
}
_COMPARE = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_ALLOWED = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.USub, ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.Call)
_ALLOWED += (ast.Name, ast.Load, ast.Constant, *_BINARY, *_COMPARE)


# What a manager may insert, with what it does.
EXAMPLES = (
    ("ROUND({…}, 2)", gettext_lazy("rounded to two decimals")),
    ("MIN({…}, {…})", gettext_lazy("the smallest")),
    ("MAX({…}, {…})", gettext_lazy("the largest")),
    ("ABS({…})", gettext_lazy("without its sign")),
    ("DAYS({…}, {…})", gettext_lazy("days from one date to another")),
    ("YEAR({…})", gettext_lazy("the year of a date")),
    ("MONTH({…})", gettext_lazy("the month of a date")),
    ("TEXT({…}, {…})", gettext_lazy("texts joined")),
    ('IF({…} > 0, "…", "…")', gettext_lazy("one thing or another")),
)


def usable(register):
    """[Column] of the fields that a formula of `register` may read."""
    return [column for column in register.fields.values() if _usable(column)]


def tidy(text, register):
    """The formula as it is stored: half-width signs, fields by name. Raises ValidationError with what is wrong."""
    found = {column.name: column for column in usable(register)}
    by_label = {half_width(str(column.label)): name for name, column in found.items()}

    def named(match):
        word = half_width(match[1])
        name = word if word in found else by_label.get(word)
        if name is None:
            raise ValidationError(_("“%(word)s” is not a field that a formula may read.") % {"word": match[1]})
        return f"{{{name}}}"

    if len(text) > LONGEST:
        raise ValidationError(_("The formula is too long."))
    text = _FIELD.sub(named, half_width(text).translate(_SIGNS))
    _parsed(text)
    return text


def _usable(column):
    """What a formula may read: open values that people fill in. A masked one would leave its mask with the result."""
    return not (column.personal or column.many or column.field.is_relation or column.computed)


def fields_of(text):
    """The names of the fields a stored formula reads."""
    return set(_FIELD.findall(text))


@lru_cache(maxsize=256)
def _parsed(text):
    """The tree of a formula, read once for all the rows it is worked out for. Raises ValidationError."""
    # A field becomes a name that nobody can type: braces are gone by then.
    source = _FIELD.sub(lambda found: f"field_{found[1]}", text)
    source = re.sub(r"(?<![<>=!])=(?!=)", "==", source)
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        sentence = _("The formula cannot be read. Write it like this: %(example)s")
        raise ValidationError(sentence % {"example": "{面积} * {单价}"}) from error
    parts = list(ast.walk(tree))
    if len(parts) > MOST_PARTS:
        raise ValidationError(_("The formula is too long."))
    called = {id(part.func) for part in parts if isinstance(part, ast.Call)}
    for part in parts:
        _judge(part, called)
    return tree.body


def _judge(part, called):
    if not isinstance(part, _ALLOWED):
        raise ValidationError(_("A formula knows only + - * / comparisons, AND, OR and the listed functions."))
    if isinstance(part, ast.Call) and (
        part.keywords or not isinstance(part.func, ast.Name) or part.func.id not in (*FUNCTIONS, "IF")
    ):
        raise ValidationError(
            _("A formula knows these functions: %(names)s") % {"names": ", ".join([*FUNCTIONS, "IF"])}
        )
    if isinstance(part, ast.Name) and id(part) not in called and not part.id.startswith("field_"):
        raise ValidationError(_("“%(word)s” is not a field; fields stand in braces.") % {"word": part.id})
    if isinstance(part, ast.Constant) and (
        isinstance(part.value, bool) or not isinstance(part.value, int | float | str)
    ):
        raise ValidationError(_("A formula holds numbers and texts in quotes."))


def value(column, row):
    """The value of the computed `column` for `row`, in the type of its field; None where it has none."""
    text = column.definition.expression
    try:
        found = _evaluate(_parsed(text), text, column.register, row)
        return column.field.clean(_as_field(column.field, found), None)
    except (_Missing, ValidationError, DecimalException, TypeError, ValueError, OverflowError):
        return None


def _as_field(field, found):
    places = getattr(field, "decimal_places", None)
    if places is not None:
        return _number(found).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return found


def _evaluate(part, text, register, row):
    again = lambda inner: _evaluate(inner, text, register, row)  # noqa: E731
    match part:
        case ast.Constant(value=str() as known):
            return known
        case ast.Constant(value=known):
            return _number(Decimal(str(known)))
        case ast.Name(id=name):
            return _field_value(register.fields.get(name.removeprefix("field_")), row)
        case ast.UnaryOp(operand=inner):
            return -_number(again(inner))
        case ast.BinOp(left=left, op=sign, right=right):
            return _number(_BINARY[type(sign)](again(left), again(right)))
        case ast.BoolOp(op=ast.And(), values=inner):
            return all(again(one) for one in inner)
        case ast.BoolOp(values=inner):
            return any(again(one) for one in inner)
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _COMPARE[type(sign)](again(left), again(right))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return again(then) if again(condition) else again(otherwise)
        case ast.Call(func=ast.Name(id=name), args=inner) if name in FUNCTIONS:
            return FUNCTIONS[name](*(again(one) for one in inner))
    raise _Missing


def _field_value(column, row):
    found = None if column is None else column.raw(row)
    if found in (None, ""):
        raise _Missing
    if column.dictionary or column.field.choices:
        return column.display(found)
    if isinstance(found, int) and not isinstance(found, bool):
        return Decimal(found)
    return found
