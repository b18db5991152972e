"""A forgotten password: Wagtail's four pages, open to strangers, and what follows from a new password here."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from wagtail.admin.views import account

from backoffice.organisation.accounts.operations import password_set


class Confirm(account.PasswordResetConfirmView):
    """Sets the new password, ends the sessions that the old one opened, and notes it with the account."""

    def form_valid(self, form):
        response = super().form_valid(form)
        password_set(self.user)
        return response


VIEWS = {
    "": ("wagtailadmin_password_reset", account.PasswordResetView),
    "done/": ("wagtailadmin_password_reset_done", account.PasswordResetDoneView),
    "confirm/<uidb64>/<token>/": ("wagtailadmin_password_reset_confirm", Confirm),
    "complete/": ("wagtailadmin_password_reset_complete", account.PasswordResetCompleteView),
}

# Wagtail marks none of them as open, so they stand before its own.
urlpatterns = [path(route, login_not_required(view.as_view()), name=name) for route, (name, view) in VIEWS.items()]
