"""Positions as editors choose them: owner of a text, audience of a section, positions of a course."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.organisation.roles import Role


def role_field():
    """Which position answers for the text; asked for when it is submitted."""
    return models.CharField(_("owner position"), max_length=10, choices=Role)


class RolesField(models.JSONField):
    """A list of role codes, ticked in the form; empty means everybody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"default": list, "blank": True} | kwargs)

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            label=self.verbose_name,
            help_text=self.help_text,
            choices=Role.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
