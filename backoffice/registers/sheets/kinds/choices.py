"""Values of a dictionary, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..signs import fold, half_width
from .base import CellRefused, Kind, Read

_CUT = re.compile(r"[、/,;|\s及]+")
_CHINESE = re.compile("[\u3400-\u9fff]")
MANY = 5


class Choice(Kind):
    """One value of a dictionary, under any of its ways of writing. An unknown one is asked once for the whole file.

    `dictionary` names the dictionary of `Known`; `options` gives one in place. `instead` are words that are no value
    of the dictionary but say something else: {"市调": {"peer_research": True}}.
    """

    refusal = "unknown_choice"

    def __init__(
        self,
        dictionary: str | None = None,
        options: Mapping[str, Sequence[str]] | None = None,
        instead: Mapping[str, Mapping] | None = None,
    ):
        self.dictionary, self.options = dictionary, options
        self.instead = {fold(word): values for word, values in (instead or {}).items()}
        self._words: tuple[object, dict[str, str]] | None = None

    def words(self, context) -> dict[str, str]:
        """Folded way of writing → canonical value, built once per `Known`."""
        if self._words is None or self._words[0] is not context.known:
            entries = self.options if self.options is not None else context.known.choices(self.dictionary)
            words = {fold(alias): value for value, aliases in entries.items() for alias in aliases}
            words.update({fold(value): value for value in entries})
            self._words = (context.known, words)
        return self._words[1]

    def read_text(self, text, context):
        also = self.instead.get(fold(text))
        if also is not None:
            return Read(None, (), also)
        value = self.find(text, context)
        return Read(value)

    def find(self, text: str, context) -> str | None:
        """The value, None where the user wants it empty. Raises CellRefused("unknown_choice")."""
        words = self.words(context)
        found = words.get(fold(text))
        if found is not None:
            return found
        head, dash, tail = re.sub("[—–－]", "-", text).partition("-")
        # 渠道-某某行: the value, then whose; the original text stays with the row.
        if dash and _CHINESE.search(tail) and fold(head) in words:
            return words[fold(head)]
        if text in context.answers:
            answer = context.answers[text]
            return words.get(fold(answer), answer) if answer else None
        context.ask(text)
        raise CellRefused("unknown_choice", value=text)

    def read_bool(self, truth, context):
        return self.read_text("TRUE" if truth else "FALSE", context)


class Gender(Choice):
    """male or female. 1 and 0 are read with a warning; blank and 未知 are no value."""

    _values = {"男": "male", "女": "female"}
    _codes = {"1": "male", "0": "female"}
    _own = {"男": ("男", "先生", "M", "male", "男性"), "女": ("女", "女士", "F", "female", "女性", "小姐")}

    def read_text(self, text, context):
        code = fold(text)
        if code in self._codes:
            return Read(self._codes[code], ("gender_code_guessed",))
        words = {fold(alias): value for value, aliases in self._own.items() for alias in aliases}
        if code in words:
            return Read(self._values[words[code]])
        value = self.find(text, context)
        return Read(self._values.get(value, value))

    def words(self, context):
        return super().words(context) if self.dictionary else {}

    def write(self, value):
        return {"male": "男", "female": "女"}.get(value)


class ChoiceList(Choice):
    """Several values of a dictionary in one cell; more than five warn."""

    def read_text(self, text, context):
        whole = fold(text)
        pieces = [text] if whole in self.words(context) or whole in self.instead else _CUT.split(half_width(text))
        values: list[str] = []
        also: dict = {}
        unknown: CellRefused | None = None
        for piece in filter(None, pieces):
            special = self.instead.get(fold(piece))
            if special is not None:
                also |= special
                continue
            try:
                value = self.find(piece, context)
            except CellRefused as refused:
                unknown = unknown or refused
                continue
            if value is not None and value not in values:
                values.append(value)
        if unknown:
            raise unknown
        return Read(values or None, ("more_than_five_values",) if len(values) > MANY else (), also or None)

    def write(self, value):
        return "、".join(value) if value else None


class YesNo(Kind):
    """True or false; here 无 means no. A colour without a text says nothing."""

    refusal = "unknown_choice"
    _yes = "是 √ ✓ ✔ ☑ y yes 1 有 true t 对 已"
    _no = "否 × ✗ ✘ x n no 0 无 false f 错 未 没有"

    def __init__(self, dictionary: str | None = "yes_no"):
        self.dictionary = dictionary

    def says_nothing(self, text):
        return super().says_nothing(text) and text != "无"

    def read_text(self, text, context):
        code = fold(text)
        if code in self._yes.split():
            return Read(True)
        if code in self._no.split():
            return Read(False)
        for truth in ("true", "false") if self.dictionary else ():
            if code in {fold(alias) for alias in context.known.choices(self.dictionary).get(truth, ())}:
                return Read(truth == "true")
        answer = context.answers.get(text)
        if answer is not None:
            return Read({"true": True, "false": False}.get(str(answer).lower()))
        context.ask(text)
        raise CellRefused("unknown_choice", value=text)

    def read_bool(self, truth, context):
        return Read(truth)

    def write(self, value):
        return None if value is None else ("是" if value else "否")
