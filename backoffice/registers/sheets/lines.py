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


class LineJudge:
    """Tells the records of one table from its other lines."""

    def __init__(self, heading: Heading, joined_rows: dict[int, int]):
        self.headings = {c.index: fold_heading(c.heading) for c in heading.columns if c.heading}
        self.mapped = {c.index for c in heading.columns if c.field and not c.field.left_out}
        # Row → how many columns a joined cell in it spans.
        self.joined_rows = joined_rows

    def judge(self, number: int, cells: Sequence[Cell]) -> str | None:
        """record, empty, total, signature, note or repeated_heading."""
        texts: dict[int, str] = {}
        filled = mapped = 0
        for i, cell in enumerate(cells):
            if cell is None:
                continue
            if type(cell) is str:
                if not cell or cell.isspace() or not (text := tidy(cell)):
                    continue
                texts[i] = text
            filled += 1
            mapped += i in self.mapped
        if not filled:
            return "empty"
        if total_level(cells):
            return "total"
        if self._repeats(texts):
            return "repeated_heading"
        if filled <= _SPARSE and filled == len(texts) and (mark := self._prose(number, texts)):
            return mark
        if not mapped:
            return "note" if texts else "empty"
        return "record"

    def _repeats(self, texts: dict[int, str]) -> bool:
        same = sum(fold_heading(text) == self.headings.get(i) for i, text in list(texts.items())[:6])
        return same >= 2 and same * 2 > min(len(texts), 6)

    def _prose(self, number: int, texts: dict[int, str]) -> str | None:
        flat = [half_width(text) for text in texts.values()]
        only = len(texts) == 1
        if only and _NOTE.match(flat[0]):
            return "note"
        if all(_SIGNATURE.fullmatch(text) for text in flat):
            return "signature"
        index = next(iter(texts))
        if only and (len(flat[0]) >= 12 or self.joined_rows.get(number, 1) > 2 or index not in self.mapped):
            return "note"
        return None
