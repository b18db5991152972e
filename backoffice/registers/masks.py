"""Masks: how a value looks to somebody who may know that it is there but not what it is.

One for each kind of data. A field of the trade names its mask (`mask_kind`); a manager may put one over a field that
has none (`registers.access`). Source: systems.md 0.3 rule 7.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What stands for a number: as long for nine yuan as for nine million.
STARS = "***"


def mask_middle(value, head, tail):
    """`value` with everything but its first `head` and last `tail` signs starred; all starred when short."""
    if not value:
        return value
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]


@dataclass(frozen=True)
class Mask:
    """`hide(text)` is what is left of a text. `fits` are the kinds of value (`Column.kind`) a manager may put it
    over. Of a `numbered` one the whole value and its last four signs are still found, by their keyed hashes."""

    code: str
    label: Promise
    hide: Callable
    fits: tuple = ("Text",)
    numbered: bool = False

    def __call__(self, value):
        """`value` behind the mask: texts in part, each text of a list, and of anything else only that it is there."""
        if value in (None, "", [], ()):
            return value
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [self.hide(item) for item in value]
        return STARS


def _parts(head, tail):
    return lambda text: mask_middle(text, head, tail)


_TEXTS = ("Text", "Name", "LongText", "TextList")

MASKS = {
    mask.code: mask
    for mask in (
        Mask("name", _("name: the first sign stays"), _parts(1, 0), ("Text", "Name", "TextList")),
        Mask("phone", _("telephone: the first three and last four digits stay"), _parts(3, 4), _TEXTS, numbered=True),
        Mask("identity", _("identity number: the first three and last two signs stay"), _parts(3, 2), _TEXTS, True),
        Mask("bank", _("bank card: the last four digits stay"), _parts(0, 4), _TEXTS, True),
        Mask("address", _("address: the first three signs stay"), _parts(3, 0), _TEXTS),
        Mask(
            "amount",
            _("amount: nothing stays, not even how long it is"),
            lambda text: STARS,
            ("Amount", "Quantity", "Integer", "Area", "AmountRange", "AreaRange"),
        ),
        Mask("whole", _("whole: nothing stays but the length"), _parts(0, 0), _TEXTS),
    )
}


def fitting(kind):
    """[Mask] that may be put over values of `kind`."""
    return [mask for mask in MASKS.values() if kind in mask.fits]
