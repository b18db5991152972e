"""What a pattern such as `{site}-{series}-{year}-{n:04}` says: writing a number after it, and reading one back.

`{site}` is the code of the site, `{series}` the code of the series, `{year}` four digits, `{yy}` two, `{n:04}` the
running number, here of at least four digits. Within one site a pattern gives each year and running number a text of
its own, because only the running number has no fixed length.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEFAULT = "{site}-{series}-{year}-{n:04}"
# The longest number a field keeps, and the most digits a running number has.
LONGEST, WIDEST = 60, 9

_PLACE = re.compile(r"\{(site|series|year|yy|n)(?::0?([1-9]))?\}")
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff_./()()\[\]〔〕-]*")
_JOINTS = "-_./"


def judge(pattern):
    """Raises ValidationError where `pattern` cannot number records."""
    places = [match[1] for match in _PLACE.finditer(pattern)]
    years = places.count("year") + places.count("yy")
    if places.count("n") != 1 or years != 1 or places.count("site") != 1 or places.count("series") > 1:
        raise ValidationError(_("A pattern names {site}, {year} or {yy}, and {n} exactly once each."))
    if not _PLAIN.fullmatch(_PLACE.sub("", pattern)):
        raise ValidationError(
            _("Beside the places in braces a pattern has letters, digits, Chinese characters and - _ . / ( ) only.")
        )
    if any(match[2] for match in _PLACE.finditer(pattern) if match[1] != "n"):
        raise ValidationError(_("Only {n} has a number of digits, as in {n:04}."))


def write(pattern, series, site, year, n):
    """The number `n`. `site` is the site's code; without one its place goes, with the sign that joins it."""
    values = {"series": series, "site": site, "year": f"{year:04d}", "yy": f"{year % 100:02d}"}

    def put(match):
        return f"{n:0{match[2] or 1}d}" if match[1] == "n" else values[match[1]]

    return _PLACE.sub(put, _without_site(pattern) if not site else pattern)


def read(pattern, series, site, text):
    """(year, n) where `text` is a number of this pattern, else None."""
    pattern = _without_site(pattern) if not site else pattern
    known = {"series": re.escape(series), "site": re.escape(site), "year": r"(?P<year>\d{4})", "yy": r"(?P<yy>\d\d)"}
    expression, end = "", 0
    for match in _PLACE.finditer(pattern):
        place = r"(?P<n>\d{1,9})" if match[1] == "n" else known[match[1]]
        expression += re.escape(pattern[end : match.start()]) + place
        end = match.end()
    found = re.fullmatch(expression + re.escape(pattern[end:]), text, re.ASCII)
    if not found:
        return None
    parts = found.groupdict()
    year, n = int(parts.get("year") or 2000 + int(parts["yy"])), int(parts["n"])
    return (year, n) if n and write(pattern, series, site, year, n) == text else None


def _without_site(pattern):
    before, _place, after = pattern.partition("{site}")
    return before.rstrip(_JOINTS) + after if before else after.lstrip(_JOINTS)
