"""Courses: modules of lessons for the positions that need them, and who has read what. Source: systems.md 63."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from backoffice.jobs import clock
from content.pages import RELEASE_PANEL, ReleasedPage, ReleasedPermissions
from content.roles import RolesField, role_field
from content.streams import BodyField, keep_ids_permanent
from workflows.releases.models import Release

from .blocks import CourseStream, freeze_modules


class Catalogue(Page):
    """The shelf all courses stand on; made once, by `content.handbook.structure.ensure`."""

    system = "courses"
    admin_default_ordering = "ord"
    parent_page_types = ["handbook.ContentRoot"]
    subpage_types = ["training.Course"]
    max_count = 1
    settings_panels = []
    promote_panels = []

    class Meta:
        verbose_name = _("course catalogue")

    def permissions_for_user(self, user):
        return ReleasedPermissions(user, self)

    def get_url_parts(self, request=None):
        return None


class Course(ReleasedPage):
    """One course. A learner reads the lessons of the release in force."""

    approval = "courses"
    system = "courses"

    code = models.CharField(_("code"), max_length=20, unique=True)
    goal = models.TextField(_("goal"))
    positions = RolesField(_("compulsory for"), help_text=_("Nothing ticked: everybody."))
    validity_months = models.PositiveSmallIntegerField(
        _("valid for months"), null=True, blank=True, help_text=_("Left empty: does not expire.")
    )
    depends_on = models.CharField(
        _("handbook sections it teaches"), max_length=200, blank=True, help_text=_("Numbers, separated by commas.")
    )
    owner_role = role_field()
    body = BodyField(CourseStream(), verbose_name=_("modules and lessons"))

    parent_page_types = ["training.Catalogue"]
    subpage_types = []
    content_panels = [
        *ReleasedPage.content_panels,
        FieldRowPanel([FieldPanel("code"), FieldPanel("validity_months")]),
        FieldPanel("goal"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("positions"), FieldPanel("owner_role"), FieldPanel("depends_on")], heading=_("For whom")
        ),
        RELEASE_PANEL,
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def clean(self):
        super().clean()
        keep_ids_permanent(self.body, f"lesson:{self.pk}")

    def freeze(self, numbers):
        lessons = [child.id for child in self.body if child.block_type == "lesson"]
        modules = freeze_modules(self.body, numbers(f"lesson:{self.pk}", lessons))
        words = [self.goal]
        for module in modules:
            words.append(module["title"])
            for lesson in module["lessons"]:
                words += [lesson["title"], lesson["text"], *lesson["takeaways"]]
        return {
            "title": self.title,
            "label": self.code,
            "sort": self.code,
            "parent": "",
            "audience": [],
            "positions": sorted(self.positions),
            "owner": self.owner_role,
            "goal": self.goal.strip(),
            "validity_months": self.validity_months,
            "depends_on": [part.strip() for part in self.depends_on.split(",") if part.strip()],
            "modules": modules,
            "text": "\n".join(word for word in words if word),
        }

    def portal_path(self, release):
        return "portal:course", {"code": release.label}


class LessonDone(models.Model):
    """Somebody read a lesson, in the release they read it in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lessons_done")
    course = models.CharField(max_length=40)
    lesson = models.CharField(max_length=36)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=clock.now)

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="training_lesson_once", fields=["user", "lesson"])]
        indexes = [models.Index(name="training_lesson_course", fields=["user", "course"])]

    def __str__(self):
        return f"{self.user_id} {self.lesson}"
