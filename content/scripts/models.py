"""Talk scripts: the answer to a customer's question, with what to do and what never to say. Source: systems.md 8."""

from django.db import models
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from content.pages import RELEASE_PANEL, ReleasedSnippetForm
from content.roles import role_field
from workflows.releases import numbering
from workflows.releases.models import Release, Released
from workflows.releases.operations import in_force


class Stage(models.TextChoices):
    """The nine moments of a customer's way at which people speak. Source: content-outline.md 4."""

    PHONE = "phone", _("Phone call")
    WELCOME = "welcome", _("Welcome")
    MODEL = "model", _("Models and boards")
    SHOWFLAT = "showflat", _("Show flat")
    CALCULATION = "calculation", _("Negotiation and calculation")
    SIGNING = "signing", _("Order and signing")
    MORTGAGE = "mortgage", _("Mortgage and money")
    HANDOVER = "handover", _("Handover and owners")
    COMPLAINT = "complaint", _("Complaint and difficult moments")


class Script(Released, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """One entry of the question book. Lists are kept one item per line."""

    approval = "talk-scripts"
    system = "talk-scripts"
    base_form_class = ReleasedSnippetForm

    code = models.CharField(_("code"), max_length=20, unique=True)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    question = models.CharField(_("question"), max_length=200, help_text=_("As a customer asks it."))
    key_point = models.CharField(_("key point"), max_length=200, help_text=_("One sentence."))
    answer = models.TextField(_("full wording"), blank=True)
    sub_points = models.TextField(_("sub points"), help_text=_("One per line."))
    standard_actions = models.TextField(_("standard actions"), blank=True, help_text=_("One per line."))
    forbidden = models.TextField(_("never say"), blank=True, help_text=_("One per line."))
    tags = models.CharField(_("tags"), max_length=200, blank=True, help_text=_("Separated by commas."))
    valid_until = models.DateField(_("valid until"))
    must_know = models.BooleanField(_("must know by heart"), default=False)
    owner_role = role_field()

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("stage")]),
        FieldPanel("question"),
        FieldPanel("key_point"),
        FieldPanel("answer"),
        FieldPanel("sub_points"),
        FieldPanel("standard_actions"),
        FieldPanel("forbidden"),
        FieldPanel("tags"),
        MultiFieldPanel(
            [FieldPanel("valid_until"), FieldPanel("must_know"), FieldPanel("owner_role")], heading=_("Validity")
        ),
        RELEASE_PANEL,
    ]

    class Meta:
        verbose_name = _("talk script")
        verbose_name_plural = _("talk scripts")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.question}"

    def get_absolute_url(self):
        release = in_force(self) if self.live else None
        return reverse("portal:script", kwargs={"code": release.label}) if release else None

    def freeze(self, numbers):
        lists = {name: lines(getattr(self, name)) for name in ("sub_points", "standard_actions", "forbidden")}
        tags = [tag.strip() for tag in self.tags.replace("，", ",").split(",") if tag.strip()]
        words = [self.question, self.key_point, self.answer, *(line for items in lists.values() for line in items)]
        return {
            "title": self.question,
            "label": self.code,
            "sort": f"{list(Stage).index(self.stage)}.{self.code}",
            "parent": self.stage,
            "audience": [],
            "stage": self.stage,
            "key_point": self.key_point,
            "answer": self.answer.strip(),
            **lists,
            "tags": tags,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "must_know": self.must_know,
            "owner": self.owner_role,
            "text": "\n".join(word for word in [*words, *tags] if word),
        }

    def serve_preview(self, request, mode_name):
        content = self.freeze(numbering.peek)
        draft = Release(title=content["title"], label=content["label"], content=content, audience=[])
        return render(request, "portal/preview.html", {"release": draft, "content": content, "draft": True})


def lines(text):
    """The items of a text that holds one per line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
