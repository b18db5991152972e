"""The page base of handbook and courses: drafts in Wagtail, readers in the portal."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PagePermissionTester, Site

from backoffice.organisation.authority import allows
from content.unchanged import reads_the_same
from workflows.releases import numbering
from workflows.releases.models import Release, Released
from workflows.releases.operations import in_force

RELEASE_PANEL = MultiFieldPanel(
    [FieldPanel("change_summary"), FieldPanel("significance"), FieldPanel("effective_from")],
    heading=gettext_lazy("For the next release"),
)


class FormOfReleased:
    """Form behaviour of everything released: a fresh reason for every release, and no change where nobody typed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        released = self.instance.pk and self.instance.live and not self.instance.has_unpublished_changes
        if released and "change_summary" in self.fields and not self.instance.workflow_in_progress:
            self.initial |= {"change_summary": "", "effective_from": None}

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if not reads_the_same(self[name].initial, self[name].data)]

    def clean(self):
        cleaned = super().clean()
        if "action-submit" in self.data and (missing := self.instance.not_ready(getattr(self, "parent_page", None))):
            raise ValidationError(missing)
        return cleaned


class ReleasedPageForm(FormOfReleased, WagtailAdminPageForm):
    pass


class ReleasedSnippetForm(FormOfReleased, WagtailAdminModelForm):
    pass


class ReleasedPermissions(PagePermissionTester):
    """What people may do with a released page in the admin. Superusers are people: nobody publishes here."""

    def _may(self, *verbs):
        """The permission matrix on top of Wagtail's page rights, which know groups and branches only."""
        return self.user.is_superuser or any(allows(self.user, self.page.system, verb) for verb in verbs)

    def can_add_subpage(self):
        return super().can_add_subpage() and self._may("c")

    def can_edit(self):
        if not super().can_edit():
            return False
        task = self.page.current_workflow_task
        return self._may("c", "e") or bool(task and task.user_can_access_editor(self.page, self.user))

    def can_publish(self):
        return False

    can_unpublish = can_publish_subpage = can_unschedule = can_set_view_restrictions = can_publish
    # Order follows the numbers, which are given at release.
    can_reorder_children = can_publish

    def can_delete(self, ignore_bulk=False):
        if self.page.first_published_at:
            return False
        if self.page.numchild and self.page.get_descendants().filter(first_published_at__isnull=False).exists():
            return False
        return super().can_delete(ignore_bulk)

    def can_move_to(self, destination):
        return self.can_move() and super().can_move_to(destination)


class ReleasedPage(Released, Page):
    """A page that reaches readers only through its releases.

    Subclasses say `approval`, `system`, `freeze()` and `portal_path()`.
    """

    base_form_class = ReleasedPageForm
    settings_panels = []
    # Readers find a text by its number or code, so its slug is made from the title, and no form shows it. Wagtail's
    # own panel of a title would look for it there.
    content_panels = [FieldPanel("title", classname="title", help_text=gettext_lazy("As staff read it."))]
    promote_panels = []
    preview_template = "portal/preview.html"

    class Meta:
        abstract = True

    def permissions_for_user(self, user):
        return ReleasedPermissions(user, self)

    def portal_path(self, release):
        """Where readers find `release`, as (url name, kwargs)."""
        raise NotImplementedError

    @cached_property
    def release_in_force(self):
        return in_force(self) if self.live else None

    def get_url_parts(self, request=None):
        if self.release_in_force is None:
            return None
        name, kwargs = self.portal_path(self.release_in_force)
        site = Site.get_site_root_paths()[0]
        return site.site_id, settings.WAGTAILADMIN_BASE_URL, reverse(name, kwargs=kwargs)

    def get_url(self, request=None, current_site=None):
        parts = self.get_url_parts(request)
        return parts[2] if parts else None

    url = property(get_url)

    def serve(self, request, *args, **kwargs):
        return redirect(self.get_url() or reverse("portal:home"))

    def serve_preview(self, request, mode_name):
        content = self.freeze(numbering.peek)
        draft = Release(title=content["title"], label=content["label"], content=content, audience=content["audience"])
        return render(request, self.preview_template, {"release": draft, "content": content, "draft": True})
