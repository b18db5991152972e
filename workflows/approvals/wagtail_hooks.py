"""What Wagtail's screens do not do by themselves: taking decisions without storing anything, and withdrawing."""

from django.contrib.contenttypes.models import ContentType
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem as PageActionMenuItem
from wagtail.snippets.action_menu import ActionMenuItem as SnippetActionMenuItem

from workflows.releases.models import Released

from . import deciding, operations, views


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("approvals/<uuid:public_id>/changes/", views.changes, name="approvals_changes"),
        path("approvals/withdraw/<int:content_type>/<int:pk>/", views.withdraw, name="approvals_withdraw"),
    ]


@hooks.register("before_edit_page")
def page_decision(request, page):
    return deciding.answer(request, page) if isinstance(page, Released) else None


@hooks.register("before_edit_snippet")
def snippet_decision(request, snippet):
    return deciding.answer(request, snippet) if isinstance(snippet, Released) else None


def _decisions_first(items, target, user):
    """Whoever decides finds the decision on the button; there is nothing to save while people decide."""
    case = operations.open_case_of(target)
    if case is None or operations.why_not(case, user):
        return
    items[:] = [item for item in items if item.name not in ("action-save-draft", "action-submit")]
    items.sort(key=lambda item: item.name not in ("approve", "reject"))


@hooks.register("construct_page_action_menu")
def page_decisions(items, request, context):
    if context["view"] == "edit" and isinstance(context.get("page"), Released):
        _decisions_first(items, context["page"], request.user)


@hooks.register("construct_snippet_action_menu")
def snippet_decisions(items, request, context):
    if context["view"] == "edit" and isinstance(context.get("instance"), Released):
        _decisions_first(items, context["instance"], request.user)


class _Withdraw:
    name = "propose-withdrawal"
    label = _("Propose to withdraw")
    icon_name = "download"
    order = 90

    def is_shown(self, context):
        target = context.get("page") or context.get("instance")
        return (
            context["view"] == "edit"
            and isinstance(target, Released)
            and target.live
            and not target.workflow_in_progress
            and operations.takes_part(context["request"].user, target)
        )

    def get_url(self, context):
        target = context.get("page") or context.get("instance")
        return reverse("approvals_withdraw", args=[ContentType.objects.get_for_model(target).pk, target.pk])


class WithdrawPage(_Withdraw, PageActionMenuItem):
    pass


class WithdrawSnippet(_Withdraw, SnippetActionMenuItem):
    pass


@hooks.register("register_page_action_menu_item")
def withdraw_page():
    return WithdrawPage()


@hooks.register("register_snippet_action_menu_item")
def withdraw_snippet(model):
    return WithdrawSnippet() if issubclass(model, Released) else None
