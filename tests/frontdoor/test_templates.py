"""Our templates compile and need nothing that the content-security policy blocks; Wagtail's are watched for it."""

import re
from pathlib import Path

import pytest
import wagtail
from django.template.loader import get_template

from tests.database import ROOT

OURS = sorted(
    path
    for folder in ("backoffice", "content", "workflows")
    for path in (ROOT / folder).rglob("templates/**/*")
    if path.suffix in (".html", ".txt")
)
FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "an inline event handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "a script address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|\{%\s*autoescape\s+off",
    "a picture without a text for those who cannot see it": r"<img(?![^>]*\salt=)",
    "an order of keys of its own": r"\stabindex=[\"'][1-9]",
    "a page without a language": r"<html(?![^>]*\slang=)",
    "another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}
WITH_INLINE_SCRIPTS = {
    "wagtailadmin/panels/inline_panel.html",
    "wagtailadmin/panels/multiple_chooser_panel.html",
    "wagtailadmin/widgets/date_input.html",
    "wagtailadmin/widgets/datetime_input.html",
    "wagtailadmin/widgets/time_input.html",
}


def name_of(path):
    return path.as_posix().rpartition("/templates/")[2]


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_a_template_compiles_and_is_safe(path):
    get_template(name_of(path))
    text = path.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    # A mail in plain text knows no signs to escape.
    assert [what for what in found if (what, path.suffix) != ("unescaped text", ".txt")] == []


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_a_form_that_posts_carries_its_token(path):
    for form in re.findall(r"<form\b[^>]*method=.post.*?</form>", path.read_text(encoding="utf-8"), re.S | re.I):
        assert "csrf_token" in form


def test_wagtail_starts_no_script_inline_that_we_do_not_replace():
    """Fails when a new Wagtail brings another one: then `frontdoor/templates` needs one more."""
    folder = Path(wagtail.__file__).parent
    apps = ("admin", "users", "images", "documents", "snippets", "contrib/typed_table_block", "sites", "locales")
    inline = {
        name_of(path)
        for app in apps
        for path in (folder / app).rglob("templates/**/*.html")
        if re.search(FORBIDDEN["an inline script"], path.read_text(encoding="utf-8"))
    }
    assert inline == WITH_INLINE_SCRIPTS
    for name in inline:
        assert "/frontdoor/" in get_template(name).origin.name
