"""Lines of a table that are no record: totals, signatures, notes, the heading again. Source: spreadsheets.md 3."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .cells import Cell
from .headings import Heading
from .layout import fold_heading
from .signs import half_width, tidy

_TOTAL = re.compile(r".{0,8}?(合计|小计|总计|累计|月计|共计|平均)(?:[分值数]?|[:(].*|\d+.{0,3}|金额|套数|人数)")
_BLOCK, _STEP, _ALL = "block", "step", "all"
_LEVELS = {"小计": _BLOCK, "总计": _ALL, "累计": _ALL, "共计": _ALL}
_SIGNATURE = re.compile(r"(?:\s*[\u4e00-\u9fff]{2,10}\s*:\s*[^:]{0,12}?)+")
_NOTE = re.compile(r"(?:说明|注意|备注|注|填写|填表|填报|提示|声明|以下空白|以下无|以上|※|★|\*)")
_NOTE_LABEL = re.compile(r"(?:填写|填表|填报)?(?:说明|注意事项|注意|备注|注)\s*:")
_SPARSE = 8


def total_level(cells: Sequence[Cell]) -> str | None:
    """What a total sums: block (since the last total), step (since the last but subtotals), all, average; or None."""
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), None)
    if first is None or len(first) > 24 or ("计" not in first and "平均" not in first):
        return None
    text = "".join(half_width(tidy(first)).split())
    match = _TOTAL.fullmatch(text)
    if not match:
        return None
    if match[1] == "平均":
        return "average"
    return _BLOCK if "本页" in text else _LEVELS.get(match[1], _STEP)


def _blank(text: str) -> bool:
    return not text or text.isspace() or (not text.isprintable() and not tidy(text))


class LineJudge:
    """Tells the records of one table from its other lines."""

    def __init__(self, heading: Heading, joined_rows: dict[int, int]):
        self.headings = {c.index: fold_heading(c.heading) for c in heading.columns if c.heading}
        self.mapped = {c.index for c in heading.columns if c.field and not c.field.left_out}
        # Row → how many columns a joined cell in it spans.
        self.joined_rows = joined_rows

    def judge(self, number: int, cells: Sequence[Cell]) -> str:
        """record, empty, total, signature, note or repeated_heading."""
        filled = [i for i, cell in enumerate(cells) if cell is not None and not (type(cell) is str and _blank(cell))]
        if not filled:
            return "empty"
        if total_level(cells):
            return "total"
        if self._repeats(cells, filled):
            return "repeated_heading"
        if len(filled) <= _SPARSE:
            texts = {i: tidy(cells[i]) for i in filled if isinstance(cells[i], str)}
            if len(texts) == len(filled) and (mark := self._prose(number, texts)):
                return mark
            if self.mapped.isdisjoint(filled):
                return "note" if texts else "empty"
        return "record"

    def _repeats(self, cells: Sequence[Cell], filled: list[int]) -> bool:
        """Two texts decide for almost every record; only then are the others compared."""
        texts = [i for i in filled[:12] if isinstance(cells[i], str)][:6]
        if not any(self._is_heading(cells[i], i) for i in texts[:2]):
            return False
        same = sum(self._is_heading(cells[i], i) for i in texts)
        return same >= 2 and same * 2 > len(texts)

    def _is_heading(self, text: str, index: int) -> bool:
        return len(text) < 40 and fold_heading(text) == self.headings.get(index)

    def _prose(self, number: int, texts: dict[int, str]) -> str | None:
        flat = [half_width(text) for text in texts.values()]
        only = len(texts) == 1
        if only and _NOTE.match(flat[0]):
            return "note"
        if len(texts) <= 3 and _NOTE_LABEL.match(flat[0]):
            return "note"
        signed = sum(bool(_SIGNATURE.fullmatch(text)) for text in flat)
        # Names may stand in cells of their own, behind their labels.
        if signed * 2 >= len(flat) and _SIGNATURE.fullmatch(flat[0]):
            return "signature"
        index = next(iter(texts))
        if only and (len(flat[0]) >= 12 or self.joined_rows.get(number, 1) > 2 or index not in self.mapped):
            return "note"
        return None
