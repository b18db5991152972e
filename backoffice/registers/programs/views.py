"""The screens of one's own access tokens."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from backoffice.jobs import clock

from .. import catalogue
from ..screens.frame import HOME, Frame
from . import tokens
from .forms import TokenForm
from .models import AccessToken

SHOWN = 50


def told(rows):
    """[dictionary] of tokens as a list of them shows them."""
    now = clock.now()
    labels = {register.code: str(capfirst(register.label_plural)) for register in catalogue.registers()}
    return [
        {
            "token": token,
            "registers": "、".join(labels.get(code, code) for code in token.registers),
            "state": "revoked" if token.revoked_at else "ended" if token.expires_at <= now else "",
        }
        for token in rows[:SHOWN]
    ]


class TokensFrame(Frame):
    header_icon = "key"

    def get_breadcrumbs_items(self):
        return [HOME, {"url": reverse("access_tokens"), "label": _("Access tokens")}]

    @cached_property
    def mine(self):
        return AccessToken.objects.filter(owner=self.request.user)


class TokensView(TokensFrame):
    """My tokens, the latest first."""

    template_name = "programs/tokens.html"

    def get_page_title(self):
        return _("Access tokens")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": "", "label": self.get_page_title()}]

    def get(self, request):
        return self.page(tokens=told(self.mine))


@method_decorator(sensitive_post_parameters(), name="dispatch")
class NewTokenView(TokensFrame):
    """Makes a token and shows its secret, this once."""

    template_name = "programs/token_new.html"

    def get_page_title(self):
        return _("New access token")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request):
        return self.page(form=TokenForm(self.viewer))

    def post(self, request):
        form = TokenForm(self.viewer, request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        try:
            token, secret = tokens.issue(request.user, **form.asked())
        except tokens.TooMany:
            form.add_error(None, _("You have %(count)d tokens. Please revoke one first.") % {"count": tokens.MOST})
            return self.page(422, form=form)
        return self.page(token=token, secret=secret, address=request.build_absolute_uri("/api/v1/"))


class RevokeTokenView(TokensFrame):
    """Withdraws one of my tokens."""

    http_method_names = ["post"]

    def post(self, request, key):
        token = get_object_or_404(self.mine, public_id=key)
        if tokens.revoke(token, request.user):
            messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
        return HttpResponseRedirect(reverse("access_tokens"))
