"""The site switcher as a small form, for the head of any page, and browsers by name."""

from django import template

from backoffice.registers.audit.origin import device_of
from backoffice.registers.scope import viewer_of

from .. import sites

register = template.Library()


@register.inclusion_tag("organisation/site_switcher.html", takes_context=True)
def site_switcher(context):
    """The sites to choose from; nothing for whoever works at one."""
    request = context["request"]
    viewer = viewer_of(request.user)
    found = list(sites.choices(viewer))
    return {"request": request, "sites": found if len(found) > 1 else [], "chosen": viewer.site}


@register.filter
def device(agent):
    """The browser and system named as in the audit log; logins of earlier versions keep all that a browser says."""
    return device_of(agent)
