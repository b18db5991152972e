"""The kinds of clause a handbook section is made of. Nesting is two at most: a clause, and its items.

Every kind says how it is frozen: `freeze(value)` answers {"heading", "text", "html"} plus its own data, where
`text` is what search finds and `html` is safe to show as it is.
"""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

from content.streams import ChoiceBlock, html_list, html_table, plain_text, safe_html


class ClauseBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)

    def freeze(self, value):
        parts = self.parts(value)
        return {"heading": value["heading"].strip(), **parts, "html": str(parts["html"])}


class TextClause(ClauseBlock):
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        label = _("Text")
        icon = "pilcrow"

    def parts(self, value):
        html = safe_html(value["text"])
        return {"text": plain_text(html), "html": html}


class TableClause(ClauseBlock):
    table = TypedTableBlock([("cell", blocks.TextBlock(label=_("Text"), required=False, rows=1))], label=_("Table"))

    class Meta:
        label = _("Table")
        icon = "table"

    def parts(self, value):
        head = [column["heading"] for column in value["table"].columns]
        rows = [[str(cell.value or "") for cell in row] for row in value["table"].rows]
        caption = (value["table"].caption or "").strip()
        text = "\n".join([*filter(None, [caption]), *("｜".join(row) for row in [head, *rows])])
        return {"rows": [head, *rows], "text": text, "html": html_table(head, rows, caption)}


class ItemsClause(ClauseBlock):
    items = blocks.ListBlock(blocks.TextBlock(rows=2), label=_("Items"), min_num=1)

    def parts(self, value):
        items = [item.strip() for item in value["items"]]
        return {"items": items, "text": "\n".join(items), "html": html_list(self.meta.tag, items, self.meta.css)}


class StepsClause(ItemsClause):
    class Meta:
        label = _("Steps")
        icon = "list-ol"
        tag, css = "ol", "steps"


class ChecklistClause(ItemsClause):
    class Meta:
        label = _("Checklist")
        icon = "list-ul"
        tag, css = "ul", "checklist"


class CalloutClause(ClauseBlock):
    text = blocks.TextBlock(label=_("Text"))
    tone = ChoiceBlock(
        label=_("Kind of note"),
        choices=[("note", _("note")), ("warning", _("warning")), ("forbidden", _("not allowed"))],
        default="note",
    )

    class Meta:
        label = _("Note")
        icon = "warning"

    def parts(self, value):
        text = value["text"].strip()
        return {"tone": value["tone"], "text": text, "html": format_html("<p>{}</p>", text)}


class ClauseStream(blocks.StreamBlock):
    text = TextClause()
    table = TableClause()
    steps = StepsClause()
    checklist = ChecklistClause()
    callout = CalloutClause()

    class Meta:
        required = True


def freeze_clauses(body, label, numbers):
    """The clauses of a body as JSON: [{"id", "number", "kind", "heading", "text", "html", …}].

    `numbers` maps a clause id to its number in the section; "1.2" and 3 make "1.2.3".
    """
    return [
        {
            "id": child.id,
            "number": f"{label}.{numbers[child.id]}" if label else str(numbers[child.id]),
            "kind": child.block_type,
            **child.block.freeze(child.value),
        }
        for child in body
    ]
