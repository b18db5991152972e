"""Starting parts of Wagtail's forms without inline scripts; see static/frontdoor/starter.js."""

import json

from django import template

from backoffice.frontdoor.starting import marker

register = template.Library()


@register.simple_tag
def start_part(name, *values):
    """The marker for `name(*values)`. Text that looks like a JSON object is one, as Wagtail's contexts have it."""
    return marker(name, [json.loads(value) if value.startswith("{") else value for value in values])
