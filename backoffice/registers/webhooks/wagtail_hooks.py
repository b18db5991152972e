"""Where webhooks stand in the admin: among the settings of whoever configures registers."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from ..scope import viewer_of
from . import views
from .forms import configured


@hooks.register("register_admin_urls")
def addresses():
    one = "webhooks/<slug:key>/"
    return [
        path("webhooks/", views.WebhooksView.as_view(), name="webhooks"),
        path("webhooks/new/", views.NewWebhookView.as_view(), name="webhook_new"),
        path(one, views.WebhookView.as_view(), name="webhook"),
        path(one + "edit/", views.EditWebhookView.as_view(), name="webhook_edit"),
        path(one + "remove/", views.RemoveWebhookView.as_view(), name="webhook_remove"),
        path(one + "secret/", views.NewSecretView.as_view(), name="webhook_secret"),
        path(one + "try/", views.TryWebhookView.as_view(), name="webhook_try"),
        path(one + "again/<slug:number>/", views.RedeliverView.as_view(), name="webhook_again"),
    ]


class WebhooksItem(MenuItem):
    def is_shown(self, request):
        return bool(configured(viewer_of(request.user)))


@hooks.register("register_settings_menu_item")
def menu_item():
    return WebhooksItem(_("Webhooks"), reverse("webhooks"), name="webhooks", icon_name="link", order=40)
