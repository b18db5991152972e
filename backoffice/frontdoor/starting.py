"""Wagtail's choosers without inline scripts, so that the content-security policy need not allow any.

Five templates of Wagtail start their scripts inline and are overridden in `templates/wagtailadmin`; choosers do it
in Python, here. Both leave a marker that `static/frontdoor/starter.js` acts on. Source: reliability.md §2.3.
"""

import json

from django.utils.html import format_html
from wagtail.admin.widgets import chooser, workflows

MARKER = (
    '<template data-controller="frontdoor-starter" data-frontdoor-starter-name-value="{}" '
    'data-frontdoor-starter-arguments-value="{}"></template>'
)


def marker(name, values):
    """HTML that makes the browser call `name(*values)`, or `new name(*values)` when it is a class."""
    return format_html(MARKER, name, json.dumps(values))


def render_chooser(widget, name, value, attrs=None, renderer=None):
    """In place of `BaseChooser.render`, which ends in an inline script."""
    value_data = widget.get_value_data(value)
    html = widget.render_html(name, value_data, attrs)
    if isinstance(widget, workflows.AdminTaskChooser):
        return html + marker("createTaskChooser", [attrs["id"]])
    if type(widget).render_js_init is not chooser.BaseChooser.render_js_init:
        raise TypeError(f"{type(widget).__name__} starts with a script of its own, which the browser will not run.")
    options = widget.get_js_init_options(attrs["id"], name, value_data)
    return html + marker(widget.js_constructor, [attrs["id"], options])


def replace_inline_scripts():
    chooser.BaseChooser.render = render_chooser
