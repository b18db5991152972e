"""What Wagtail leaves unsaid or says for one language alone: names of form fields, and ages."""

from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

LABELS = {
    "link_text": _("Link text"),
    "email_address": _("E-mail address"),
    "subject": _("Subject"),
    "body": _("Text"),
    "phone_number": _("Phone number"),
    "page": _("Page"),
    "content_types": _("Content types"),
}


def name_fields():
    from wagtail.admin.forms import choosers, workflows

    forms = (
        choosers.ExternalLinkChooserForm,
        choosers.AnchorLinkChooserForm,
        choosers.EmailLinkChooserForm,
        choosers.PhoneLinkChooserForm,
        workflows.WorkflowPageForm,
        workflows.WorkflowContentTypeForm,
    )
    for form in forms:
        for name, field in form.base_fields.items():
            field.label = field.label or LABELS[name]


def age(moment, now=None):
    """How long ago `moment` was: "11个月3周", with nothing between the parts, as Chinese has it."""
    words = timesince(moment, now)
    return words.replace(gettext(", "), "") if (get_language() or "").startswith("zh") else words


def tell_ages():
    from wagtail.admin.templatetags import wagtailadmin_tags

    wagtailadmin_tags.timesince = age
