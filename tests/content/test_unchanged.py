"""A form that comes back as it went out changes nothing, whatever stands in it and wherever it was written."""

import json

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.rich_text import RichText

from content.handbook.blocks import ClauseStream
from content.handbook.models import Book, Chapter, Section
from content.scripts.models import Script
from content.training.blocks import CourseStream
from content.training.models import Course
from content.unchanged import BodyFormField
from tests.content.browsing import streamed

WORDS = any_of.text("客户到访 aZ09，。\n\t<&'\"", max_size=12)
PARAGRAPHS = any_of.lists(
    any_of.sampled_from(["<p>客户首次来访</p>", '<p data-block-key="k7">报 <b>姓名</b></p>']), max_size=3
)
LISTS = any_of.sampled_from(["", "<ul><li>一</li><li>二</li></ul>", "<ol><li>甲<br/>乙</li></ol>"])


def stored(block):
    """Any value of `block` as the database may hold it, with ids and without."""
    if isinstance(block, blocks.StreamBlock):
        kinds = [
            _with_id({"type": any_of.just(name), "value": stored(kind)}) for name, kind in block.child_blocks.items()
        ]
        return any_of.lists(any_of.one_of(kinds), max_size=4)
    if isinstance(block, blocks.ListBlock):
        plain = any_of.lists(stored(block.child_block), max_size=3)
        return plain | any_of.lists(
            _with_id({"type": any_of.just("item"), "value": stored(block.child_block)}), max_size=3
        )
    if isinstance(block, blocks.StructBlock):
        return any_of.fixed_dictionaries({name: stored(child) for name, child in block.child_blocks.items()})
    if isinstance(block, TypedTableBlock):
        return any_of.builds(_table, any_of.integers(1, 3), any_of.lists(WORDS, max_size=3), WORDS)
    if isinstance(block, blocks.RichTextBlock):
        return any_of.builds(lambda parts, items: "".join(parts) + items, PARAGRAPHS, LISTS)
    if isinstance(block, blocks.IntegerBlock):
        return any_of.none() | any_of.integers(1, 600)
    if isinstance(block, blocks.ChoiceBlock):
        return any_of.sampled_from([value for value, _label in block.field.choices if value])
    return WORDS


def _with_id(parts):
    return any_of.fixed_dictionaries(parts, optional={"id": any_of.uuids().map(str)})


def _table(width, cells, caption):
    columns = [{"type": "cell", "heading": f"列 {number}"} for number in range(width)]
    return {"columns": columns, "rows": [{"values": [cell] * width} for cell in cells], "caption": caption}


def sent_back(block, value):
    """What the form field of a body gets from a browser that was shown `value`."""
    data = QueryDict(mutable=True)
    for name, text in streamed(block, value, "body").items():
        data[name] = str(text)
    return block.value_from_datadict(data, {}, "body")


@pytest.mark.parametrize("stream", [ClauseStream, CourseStream])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=any_of.data())
def test_a_body_that_nobody_touched_is_not_changed(stream, data):
    block = stream()
    raw = data.draw(stored(block))
    # The page is loaded once to be shown and once more when it comes back.
    shown, kept = block.to_python(raw), block.to_python(json.loads(json.dumps(raw)))
    assert not BodyFormField(block).has_changed(kept, sent_back(block, shown))


def altered(block, value):
    """`value` with a little more in it."""
    if isinstance(block, blocks.ListBlock):
        return block.to_python(["一项"])
    if isinstance(block, TypedTableBlock):
        return block.to_python(_table(1, ["一格"], ""))
    if isinstance(block, blocks.RichTextBlock):
        return RichText(value.source + "<p>多一句</p>")
    if isinstance(block, blocks.ChoiceBlock):
        return "warning"
    return (value or 0) + 1 if isinstance(block, blocks.IntegerBlock) else (value or "") + "多"


@pytest.mark.parametrize("stream", [ClauseStream, CourseStream])
def test_every_change_by_hand_is_one(stream):
    block = stream()
    changes = 0
    for kind, child in block.child_blocks.items():
        for name, part in child.child_blocks.items():
            value = child.to_python({"heading": "标题"} if "heading" in child.child_blocks else {"title": "标题"})
            before = block.to_python([{"type": kind, "value": child.get_prep_value(value)}])
            value[name] = altered(part, value[name])
            after = block.to_python([{"type": kind, "value": child.get_prep_value(value)}])
            assert BodyFormField(block).has_changed(before, sent_back(block, after)), (kind, name)
            changes += 1
    assert changes > 5
    one = block.to_python([{"type": kind, "value": child.get_prep_value(child.to_python({}))}])
    assert BodyFormField(block).has_changed(one, sent_back(block, block.to_python([])))


@pytest.mark.parametrize("model", [Book, Chapter, Section, Course, Script])
def test_every_body_of_ours_is_compared_that_way(model):
    for field in model._meta.get_fields():
        if hasattr(field, "stream_block"):
            assert isinstance(field.formfield(), BodyFormField), field
