"""Forms as a browser sends them back: every field that stands in the page, lines ended the way browsers end them."""

from bs4 import BeautifulSoup
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import StreamField


def untouched(client, url):
    """What a browser posts from the editor at `url` when nobody typed anything, without a button."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    form = answer.context["form"]
    sent = drawn(BeautifulSoup(answer.content, "html.parser").select_one("form[data-edit-form]"))
    for field in form._meta.model._meta.get_fields():
        if isinstance(field, StreamField):
            sent |= streamed(field.stream_block, form[field.name].value(), field.name)
    return sent


def drawn(form):
    """The fields of an HTML form by name."""
    sent = {}
    for node in form.select("input[name], textarea[name], select[name]"):
        name, kind = node["name"], node.get("type", "text")
        if node.name == "textarea":
            sent[name] = lines(node.text.removeprefix("\n"))
        elif node.name == "select":
            chosen = node.select("option[selected]") or node.select("option")[:1]
            sent[name] = [option.get("value", option.text) for option in chosen]
        elif kind in ("checkbox", "radio"):
            if node.has_attr("checked"):
                sent.setdefault(name, []).append(node.get("value", "on"))
        elif kind not in ("submit", "button", "file"):
            sent[name] = node.get("value", "")
    return sent


def streamed(block, value, prefix):
    """The fields of a block, which a script draws: {name: text}."""
    if isinstance(block, blocks.StreamBlock):
        return _rows(prefix, [(one.block, one.value, {"type": one.block_type, "id": one.id or ""}) for one in value])
    if isinstance(block, blocks.ListBlock):
        return _rows(prefix, [(block.child_block, one.value, {"id": one.id or ""}) for one in value.bound_blocks])
    if isinstance(block, blocks.StructBlock):
        parts = [streamed(child, value[name], f"{prefix}-{name}") for name, child in block.child_blocks.items()]
        return {name: text for part in parts for name, text in part.items()}
    if isinstance(block, TypedTableBlock):
        return _table(value, prefix)
    text = block.get_form_state(value)
    text = text[0] if isinstance(text, list) else text
    return {prefix: "" if text is None else lines(str(text))}


def lines(text):
    return "\r\n".join(text.splitlines())


def _rows(prefix, rows):
    sent = {f"{prefix}-count": len(rows)}
    for number, (block, value, about) in enumerate(rows):
        row = f"{prefix}-{number}"
        sent |= {f"{row}-{name}": text for name, text in about.items()}
        sent |= {f"{row}-order": number, f"{row}-deleted": ""} | streamed(block, value, f"{row}-value")
    return sent


def _table(table, prefix):
    rows = list(table.rows)
    sent = {f"{prefix}-caption": table.caption or "", f"{prefix}-column-count": len(table.columns)}
    sent[f"{prefix}-row-count"] = len(rows)
    for number, column in enumerate(table.columns):
        about = {"type": column["block"].name, "order": number, "deleted": "", "heading": column["heading"]}
        sent |= {f"{prefix}-column-{number}-{name}": text for name, text in about.items()}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-row-{number}-order": number, f"{prefix}-row-{number}-deleted": ""}
        for place, cell in enumerate(row):
            sent |= streamed(cell.block, cell.value, f"{prefix}-cell-{number}-{place}")
    return sent
