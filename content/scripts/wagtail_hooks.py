"""Talk scripts in the admin: list, editor, moderation. Publishing is the approval's business."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from workflows.approvals.comparing import Comparison

from .models import Script
from .policy import ReleasedPolicy

# First: a policy cannot be registered any more once something asked for it.
register_permission_policy(Script, ReleasedPolicy(Script))


class ScriptViewSet(SnippetViewSet):
    model = Script
    icon = "comment"
    url_prefix = "scripts"
    url_namespace = "scripts"
    menu_label = _("Talk scripts")
    menu_order = 110
    add_to_admin_menu = True
    copy_view_enabled = False
    revisions_compare_view_class = Comparison
    list_display = ["code", "question", Column("get_stage_display", label=_("Stage")), "valid_until"]
    list_filter = {"stage": ["exact"], "must_know": ["exact"]}
    search_backend_name = None
    search_fields = ["code", "question", "key_point", "answer", "sub_points", "tags"]
    list_per_page = 50
    ordering = ["code"]


register_snippet(ScriptViewSet)


@hooks.register("construct_snippet_action_menu")
def nobody_publishes(items, request, context):
    """Wagtail asks superusers' model rights for these two, not the policy."""
    if context["model"] is Script:
        items[:] = [item for item in items if item.name not in ("action-publish", "action-unpublish")]
