"""Whether a form comes back as it was sent out.

Browsers end lines in their own way, numbers come back as text, rich text comes back with new keys on its
paragraphs, and blocks that were written outside the editor get ids when they are drawn. None of that was typed by
anybody, so none of it counts as a change.
"""

import json

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.base import BlockField
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock


def reads_the_same(one, other):
    """Whether two values of a form field differ at most in the ends of their lines and the space around them."""
    return isinstance(one, str) and isinstance(other, str) and _words(one) == _words(other)


class BodyFormField(BlockField):
    """The form field of a body, which compares what people wrote."""

    def has_changed(self, initial, data):
        return written(self.block, initial) != written(self.block, data)


def written(block, value):
    """What people wrote in a block, as plain data that is equal however the value was stored or sent."""
    if isinstance(block, blocks.StreamBlock):
        return [(child.block_type, written(child.block, child.value)) for child in value or ()]
    if isinstance(block, blocks.StructBlock):
        return {name: written(child, (value or {}).get(name)) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [written(block.child_block, item) for item in value or ()]
    if isinstance(block, TypedTableBlock):
        return _table(value)
    if isinstance(block, blocks.RichTextBlock):
        return _rich_text(block, value)
    return _plain(block, value)


def _table(table):
    if table is None:
        return None
    columns = [(column["block"].name, _words(column["heading"] or "")) for column in table.columns]
    rows = [[written(cell.block, cell.value) for cell in row] for row in table.rows]
    return _words(table.caption or ""), columns, rows


def _rich_text(block, value):
    """The paragraphs as the editor holds them, without the keys it makes up."""
    state = json.loads(block.field.widget.format_value(getattr(value, "source", value)) or "null") or {}
    paragraphs = [{name: part for name, part in one.items() if name != "key"} for one in state.get("blocks", ())]
    return paragraphs, state.get("entityMap")


def _plain(block, value):
    """The value as its field understands it: 15 for "15", nothing for an empty text."""
    try:
        found = block.field.to_python(block.value_for_form(value))
    except ValidationError:
        found = value
    return _words(found or "") if isinstance(found, str | None) else found


def _words(text):
    return "\n".join(text.strip().splitlines())
