"""Signs that differ without meaning anything different: widths, blanks, marks for nothing."""

from __future__ import annotations

import re

from .cells import ERROR_CODES

_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5, 0xA0: 0x20}
# Joiners (U+200D) hold compound emoji together and stay; the rest of the invisible signs goes.
_INVISIBLE = {ord(sign): None for sign in "\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f"}
_CONTROL = {code: None for code in range(32) if code not in (9, 10)} | {127: None}
_UNSEEN = _INVISIBLE | _CONTROL
_HAS_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f]")
_BLANKS = re.compile(r"[\s\u200d]+")
_DASHES = re.compile(r"[-—–―－─_/／\\.。·…]+")

EMPTY_MARKS = frozenset({"无", "暂无", "不详", "未知", "n/a", "null", "（空）", "(空)", "空"})
SEVERAL = re.compile(r"[、/,;|\n]+")

_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "壹": 1, "二": 2, "贰": 2, "两": 2, "三": 3, "叁": 3, "四": 4, "肆": 4}
_DIGITS |= {"五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
CHINESE_NUMERAL = re.compile("[" + "".join(_DIGITS) + "".join(_TENS) + "]+")


def half_width(text: str) -> str:
    """`１３８（万）` → `138(万)`; the full stop of a sentence stays."""
    return text if text.isascii() else text.translate(_TO_HALF)


def tidy(text: str) -> str:
    """A text as it is stored: surrounding blanks, invisible and control signs gone, line breaks inside kept.

    An apostrophe or a tab that keeps digits from becoming a number is a mark of the sheet, not of the text.
    """
    # Printable means that none of the signs to remove is there; most cells are done with that.
    if not text.isprintable() and _HAS_UNSEEN.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN)
    text = text.strip()
    if len(text) > 1 and text[0] in "'’‘＇" and text[1].isdigit():
        text = text[1:]
    return text


def code_text(text: str) -> str:
    """A text read as a code: half-width, without any blank."""
    flat = half_width(tidy(text))
    return flat if flat.isalnum() else _BLANKS.sub("", flat)


def is_empty_mark(text: str) -> bool:
    """Whether a tidied text only says that there is nothing: `—`, `/`, 无, 不详, N/A …"""
    return not text or (
        len(text) < 8 and (half_width(text).lower() in EMPTY_MARKS or _DASHES.fullmatch(text) is not None)
    )


def is_error_text(text: str) -> bool:
    """`#N/A` and kin, as separated texts and web pages show error cells."""
    return text[:1] == "#" and text.upper() in ERROR_CODES


def fold(text: str) -> str:
    """For comparing words of a dictionary and headings: width, case and blanks make no difference."""
    return code_text(text).casefold()


def chinese_number(text: str) -> int:
    """`三零一` → 301, `十一` → 11, `二十三` → 23, `一百零五` → 105. Raises ValueError."""
    if not CHINESE_NUMERAL.fullmatch(text):
        raise ValueError(text)
    if not any(sign in _TENS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, digit = 0, None
    for sign in text:
        if sign in _TENS:
            total += (1 if digit is None else digit) * _TENS[sign]
            digit = None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)
