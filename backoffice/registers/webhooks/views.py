"""The screens of webhooks, for whoever configures registers: what is told to whom, and how that went."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin import messages

from backoffice.jobs import clock

from .. import catalogue
from ..screens.frame import HOME, Frame
from . import sending, telling
from .forms import SubscriptionForm, configured
from .models import Delivery, Subscription

SHOWN = 50


class WebhooksFrame(Frame):
    """Whoever configures no register finds none of these pages, and of the others only webhooks over registers that
    they configure, all of them."""

    header_icon = "link"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.registers = {register.code: register for register in configured(self.viewer)}
        if not self.registers:
            raise Http404

    def get_breadcrumbs_items(self):
        return [HOME, {"url": reverse("webhooks"), "label": _("Webhooks")}]

    @cached_property
    def theirs(self):
        known = Subscription.objects.filter(removed_at=None).select_related("owner__wagtail_userprofile")
        return [one for one in known if set(one.registers) <= set(self.registers)]

    def labels(self, subscription):
        return "、".join(str(capfirst(catalogue.get(code).label_plural)) for code in subscription.registers)


class WebhookFrame(WebhooksFrame):
    """A page of one webhook."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.subscription = next((one for one in self.theirs if one.public_id == kwargs["key"]), None)
        if self.subscription is None:
            raise Http404

    def get_page_title(self):
        return self.subscription.name

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.subscription.name}]

    def back(self):
        return HttpResponseRedirect(reverse("webhook", args=[self.subscription.public_id]))


class WebhooksView(WebhooksFrame):
    template_name = "webhooks/webhooks.html"

    def get_page_title(self):
        return _("Webhooks")

    def get_breadcrumbs_items(self):
        return [HOME, {"url": "", "label": self.get_page_title()}]

    def get(self, request):
        parked = Delivery.objects.filter(subscription__in=self.theirs, state=Delivery.State.PARKED)
        parked = set(parked.order_by().values_list("subscription", flat=True).distinct())
        lines = [{"one": one, "registers": self.labels(one), "parked": one.pk in parked} for one in self.theirs]
        return self.page(lines=lines)


class NewWebhookView(WebhooksFrame):
    """A new webhook; its secret is shown once, here."""

    template_name = "webhooks/form.html"

    def get_page_title(self):
        return _("New webhook")

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request):
        return self.page(form=SubscriptionForm(self.viewer))

    def post(self, request):
        form = SubscriptionForm(self.viewer, request.POST)
        if not form.is_valid():
            return self.page(422, form=form)
        secret = sending.new_secret()
        made = Subscription.objects.create(owner=request.user, secret=secret, **form.cleaned_data)
        return self.page(made=made, secret=secret)


class WebhookView(WebhookFrame):
    """One webhook with the log of its messages."""

    template_name = "webhooks/webhook.html"

    def get(self, request, key):
        viewer = telling.viewer_in(self.subscription)
        configures = viewer is not None and all(
            catalogue.get(code).may(viewer, "configure") for code in self.subscription.registers
        )
        deliveries = self.subscription.deliveries.prefetch_related("log")[:SHOWN]
        return self.page(
            one=self.subscription,
            registers=self.labels(self.subscription),
            deliveries=deliveries,
            silent=not configures,
        )


class EditWebhookView(WebhookFrame):
    """Who changes a webhook answers for it from then on: it tells of what they see."""

    template_name = "webhooks/form.html"

    def get(self, request, key):
        one = self.subscription
        initial = {name: getattr(one, name) for name in ("name", "url", "registers", "active")}
        return self.page(form=SubscriptionForm(self.viewer, initial=initial), one=one)

    def post(self, request, key):
        form = SubscriptionForm(self.viewer, request.POST)
        if not form.is_valid():
            return self.page(422, form=form, one=self.subscription)
        Subscription.objects.filter(pk=self.subscription.pk).update(owner=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return self.back()


class RemoveWebhookView(WebhookFrame):
    http_method_names = ["post"]

    def post(self, request, key):
        Subscription.objects.filter(pk=self.subscription.pk).update(active=False, removed_at=clock.now())
        messages.success(request, _("“%(name)s” is told nothing any more.") % {"name": self.subscription.name})
        return HttpResponseRedirect(reverse("webhooks"))


class NewSecretView(WebhookFrame):
    """A new secret in place of the old one, which signs nothing any more."""

    template_name = "webhooks/form.html"

    def post(self, request, key):
        secret = sending.new_secret()
        self.subscription.secret = secret
        self.subscription.save(update_fields=["secret"])
        return self.page(made=self.subscription, secret=secret)


class TryWebhookView(WebhookFrame):
    """Sends a message that tells of nothing."""

    http_method_names = ["post"]

    def post(self, request, key):
        if self.subscription.active:
            telling.trial(self.subscription)
            messages.success(request, _("A trial is on its way. Look at the log in a moment."))
        return self.back()


class RedeliverView(WebhookFrame):
    http_method_names = ["post"]

    def post(self, request, key, number):
        delivery = get_object_or_404(self.subscription.deliveries, public_id=number)
        if self.subscription.active and telling.again(delivery):
            messages.success(request, _("Message %(number)d is sent again.") % {"number": delivery.sequence})
        return self.back()
