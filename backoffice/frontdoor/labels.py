"""Names of form fields that Wagtail leaves to be guessed from their names in its code."""

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
