"""The handbook: books of chapters of sections, each released as a whole. Source: systems.md 5."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from content.pages import RELEASE_PANEL, ReleasedPage, ReleasedPermissions
from content.roles import RolesField, role_field
from content.streams import BodyField, keep_ids_permanent
from workflows.releases import numbering

from .blocks import ClauseStream, freeze_clauses


class ContentRoot(Page):
    """The top of everything editors write. It is made once, by `structure.ensure`, and shown to no reader."""

    system = "handbook"
    admin_default_ordering = "ord"
    parent_page_types = []
    subpage_types = ["handbook.Book", "training.Catalogue"]
    max_count = 1
    settings_panels = []
    promote_panels = []

    class Meta:
        verbose_name = gettext_lazy("content root")

    def permissions_for_user(self, user):
        return ReleasedPermissions(user, self)

    def get_url_parts(self, request=None):
        return None


class Book(ReleasedPage):
    """A handbook. Its slug is its address in the portal."""

    approval = "handbook"
    system = "handbook"
    admin_default_ordering = "ord"
    owner_role = role_field()
    intro = models.TextField(gettext_lazy("introduction"), blank=True)

    parent_page_types = ["handbook.ContentRoot"]
    subpage_types = ["handbook.Chapter"]
    content_panels = [
        *ReleasedPage.content_panels,
        FieldPanel("slug", help_text=gettext_lazy("Its address in the portal: /handbook/…")),
        FieldPanel("intro"),
        FieldPanel("owner_role"),
        RELEASE_PANEL,
    ]

    class Meta:
        verbose_name = gettext_lazy("book")
        verbose_name_plural = gettext_lazy("books")

    def freeze(self, numbers):
        return {
            "title": self.title,
            "label": self.slug,
            "sort": self.slug,
            "parent": "",
            "audience": [],
            "owner": self.owner_role,
            "intro": self.intro.strip(),
            "text": self.intro.strip(),
        }

    def portal_path(self, release):
        return "portal:handbook", {"book": release.label}


class NumberedPage(ReleasedPage):
    """A page that gets a number inside its parent when it is first released, and keeps it."""

    approval = "handbook"
    system = "handbook"
    admin_default_ordering = "ord"
    owner_role = role_field()
    number = models.PositiveSmallIntegerField(
        gettext_lazy("number"),
        null=True,
        blank=True,
        help_text=gettext_lazy("Given at the first release and never changed; left empty, the next free one."),
    )
    # As readers cite it: "1.2". Written by the first release.
    label = models.CharField(max_length=40, blank=True, editable=False)

    exclude_fields_in_copy = ["number", "label"]

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        parent = self.get_parent() if self.path else None
        if self.number and parent is not None and self.pk:
            given = numbering.peek(self._scope(parent), [str(self.pk)], {str(self.pk): self.number})
            if given[str(self.pk)] != self.number:
                raise ValidationError({"number": _("This number was given already; numbers are never reused.")})

    def not_ready(self, parent=None):
        parent = parent or self.get_parent()
        if not parent.live:
            return _("Release “%(title)s” first; this stands inside it.") % {"title": parent.title}
        return ""

    def get_admin_display_title(self):
        return f"{self.label} {super().get_admin_display_title()}".strip()

    def with_content_json(self, content):
        """Versions written before the first release know no number; the page does."""
        version = super().with_content_json(content)
        version.label = self.label
        if self.label:
            version.number = self.number
        return version

    def after_release(self, release):
        """The number that was given shows in the editor from now on."""
        number = int(release.label.rsplit(".", 1)[-1])
        type(self).objects.filter(pk=self.pk).update(number=number, label=release.label)

    def give_number(self, numbers, parent):
        name = str(self.pk)
        return numbers(self._scope(parent), [name], {name: self.number})[name]

    def _scope(self, parent):
        return f"{self._meta.model_name}:{parent.pk}"


class Chapter(NumberedPage):
    intro = models.TextField(gettext_lazy("introduction"), blank=True)

    parent_page_types = ["handbook.Book"]
    subpage_types = ["handbook.Section"]
    content_panels = [
        *ReleasedPage.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("owner_role"), FieldPanel("number")], heading=gettext_lazy("Place")),
        RELEASE_PANEL,
    ]

    class Meta:
        verbose_name = gettext_lazy("chapter")
        verbose_name_plural = gettext_lazy("chapters")

    def freeze(self, numbers):
        book = self.get_parent().specific
        number = self.give_number(numbers, book)
        return {
            "title": self.title,
            "label": str(number),
            "sort": f"{number:04}",
            "parent": str(book.pk),
            "book": book.slug,
            "audience": [],
            "owner": self.owner_role,
            "intro": self.intro.strip(),
            "text": self.intro.strip(),
        }

    def portal_path(self, release):
        return "portal:handbook", {"book": release.content["book"]}


class Section(NumberedPage):
    """What people read and cite: a few clauses with one owner, one audience and one effective date."""

    audience = RolesField(
        gettext_lazy("audience"), help_text=gettext_lazy("Who reads it. Nothing ticked: everybody.")
    )
    review_due = models.DateField(gettext_lazy("next review"))
    body = BodyField(ClauseStream(), verbose_name=gettext_lazy("clauses"))

    parent_page_types = ["handbook.Chapter"]
    subpage_types = []
    content_panels = [
        *ReleasedPage.content_panels,
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("owner_role"), FieldPanel("review_due"), FieldPanel("audience"), FieldPanel("number")],
            heading=gettext_lazy("Responsibility and readers"),
        ),
        RELEASE_PANEL,
    ]

    class Meta:
        verbose_name = gettext_lazy("section")
        verbose_name_plural = gettext_lazy("sections")

    def clean(self):
        super().clean()
        keep_ids_permanent(self.body, f"clause:{self.pk}")

    def freeze(self, numbers):
        chapter = self.get_parent().specific
        book = chapter.get_parent().specific
        in_book = chapter.give_number(numbers, book)
        number = self.give_number(numbers, chapter)
        label = f"{in_book}.{number}"
        given = numbers(f"clause:{self.pk}", [child.id for child in self.body])
        clauses = freeze_clauses(self.body, label, given)
        return {
            "title": self.title,
            "label": label,
            "sort": f"{in_book:04}.{number:04}",
            "parent": str(chapter.pk),
            "book": book.slug,
            "chapter": chapter.title,
            "audience": sorted(self.audience),
            "owner": self.owner_role,
            "review_due": self.review_due.isoformat() if self.review_due else None,
            "clauses": clauses,
            "text": "\n".join(part for clause in clauses for part in (clause["heading"], clause["text"]) if part),
        }

    def portal_path(self, release):
        return "portal:section", {"book": release.content["book"], "label": release.label}
