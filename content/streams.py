"""Bodies made of blocks: definitions that stay out of migrations, ids that stay with their block for good."""

import re
import uuid

from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from wagtail import blocks
from wagtail.admin.compare import BlockComparison, diff_text
from wagtail.fields import StreamField
from wagtail.rich_text import expand_db_html

from content.unchanged import BodyFormField
from workflows.releases.models import Ordinal

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLOCK_END = re.compile(r"</(?:p|li|h\d|tr)>|<br\s*/?>")
PERMANENT = uuid.UUID("6f0d7f6e-3a52-4c2e-9c68-54f3c1a3b0d1")


class BodyField(StreamField):
    """A StreamField whose block definitions are code, not schema: changing a block makes no migration."""

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": BodyFormField} | kwargs)


class WordsComparison(BlockComparison):
    """Compares what people read, where Wagtail compares what is stored."""

    def htmlvalue(self, value):
        return escape(self.block.in_words(value))

    def htmldiff(self):
        return diff_text(self.block.in_words(self.val_a), self.block.in_words(self.val_b)).to_html()


class NumberBlock(blocks.IntegerBlock):
    def in_words(self, value):
        return "" if value is None else str(value)

    def get_comparison_class(self):
        return WordsComparison


class ChoiceBlock(blocks.ChoiceBlock):
    def in_words(self, value):
        return str(dict(self.field.choices).get(value, value or ""))

    def get_comparison_class(self):
        return WordsComparison


def permanent_id(*parts):
    """The id of a block that was written outside the editor, the same on every load."""
    return str(uuid.uuid5(PERMANENT, "/".join(parts)))


def keep_ids_permanent(stream, scope):
    """Give every block of `stream` an id of its own: kept over edits, new for a copied block.

    An id that appears twice, is no uuid, or was given a number in another scope (the block was copied from a
    released page) is replaced. `scope` is the numbering scope of this object. Source: architecture.md
    "a clause has a permanent id".
    """
    ids = [child.id for child in stream]
    elsewhere = set(
        Ordinal.objects.filter(name__in=[i for i in ids if i], scope__startswith=scope.split(":")[0] + ":")
        .exclude(scope=scope)
        .values_list("name", flat=True)
    )
    seen = set()
    for child in stream:
        if not child.id or not _UUID.fullmatch(child.id) or child.id in seen or child.id in elsewhere:
            child.id = str(uuid.uuid4())
        seen.add(child.id)


def safe_html(rich_text):
    """The HTML of a rich text value, links resolved; the editor lets through only what its features allow."""
    return expand_db_html(rich_text.source)


def plain_text(html):
    """The words of a piece of HTML, one line per paragraph or item."""
    lines = (strip_tags(part).strip() for part in _BLOCK_END.split(str(html)))
    return "\n".join(line for line in lines if line)


def html_list(tag, items, css=""):
    """A `ul` or `ol` of escaped texts."""
    rows = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html('<{} class="{}">{}</{}>', mark_safe(tag), css, rows, mark_safe(tag))  # noqa: S308


def html_table(head, rows, caption=""):
    """A table of escaped texts inside its own scroll box, so that a phone scrolls the table and not the page."""
    heading = format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
    )
    return format_html(
        '<div class="scroll" tabindex="0"><table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        format_html("<caption>{}</caption>", caption) if caption else "",
        heading,
        body,
    )


def paragraphs(text):
    """Plain text with blank lines between paragraphs as rich text HTML, escaped."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return format_html_join("", "<p>{}</p>", ((with_breaks(part),) for part in parts))


def with_breaks(text):
    return format_html_join(mark_safe("<br/>"), "{}", ((line.strip(),) for line in text.splitlines()))
