"""How templates of the portal speak of releases."""

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from backoffice.organisation.roles import Role

register = template.Library()


@register.filter
def frozen(html):
    """HTML of a release: made safe when it was frozen, and unchanged since."""
    return mark_safe(html)  # noqa: S308  built by content.streams and the rich text whitelist


@register.filter
def role_name(code):
    return Role(code).label if code in Role.values else code


@register.filter
def role_names(codes):
    return "、".join(str(role_name(code)) for code in codes)


@register.simple_tag
def kind_name(release):
    return {
        "section": _("handbook"),
        "chapter": _("handbook"),
        "book": _("handbook"),
        "script": _("script"),
        "course": _("course"),
    }[release.kind]


@register.simple_tag(takes_context=True)
def release_url(context, release, anchor=""):
    """Where a release is read; a text that is not yet in force has an address of its own."""
    if release.kind == "script":
        return reverse("portal:script", kwargs={"code": release.label})
    if release.kind == "course":
        return reverse("portal:course", kwargs={"code": release.label})
    if release.effective_from > context["reader"].day:
        return reverse("portal:version", kwargs={"public_id": release.public_id})
    book = getattr(release, "book", None) or release.content["book"]
    if release.kind == "chapter":
        return reverse("portal:handbook", kwargs={"book": book})
    url = reverse("portal:section", kwargs={"book": book, "label": release.label})
    return f"{url}#{anchor}" if anchor else url
