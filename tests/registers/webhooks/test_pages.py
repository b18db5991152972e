"""The screens of webhooks: for whoever configures registers, and nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.jobs.worker import drain
from backoffice.registers.webhooks import telling
from backoffice.registers.webhooks.models import Delivery, Subscription
from tests.organisation import factories as org

FORM = {"name": "财务系统", "registers": ["customer"], "active": "on"}


def test_who_configures_makes_one_and_sees_its_secret_once(as_, people, listener):
    client = as_(people.mgr)
    assert "还没有网络钩子" in client.get(reverse("webhooks")).text
    page = client.post(reverse("webhook_new"), FORM | {"url": listener.url})
    subscription = Subscription.objects.get()
    assert page.context["secret"] == subscription.secret and subscription.secret in page.text
    assert subscription.owner == people.mgr
    for address in ("webhook", "webhook_edit"):
        assert subscription.secret not in client.get(reverse(address, args=[subscription.public_id])).text
    client.post(reverse("webhook_secret", args=[subscription.public_id]))
    assert Subscription.objects.get().secret != subscription.secret


@pytest.mark.parametrize("url", ["https://127.0.0.2/", "http://example.com/", "ftp://x/", ""])
def test_a_forbidden_address_is_refused_at_the_form(as_, people, settings, url):
    settings.WEBHOOK_NETWORKS = []
    answer = as_(people.mgr).post(reverse("webhook_new"), FORM | {"url": url})
    assert answer.status_code == 422 and not Subscription.objects.exists()


def test_a_trial_shows_in_the_log_and_is_sent_again(as_, people, webhook, listener):
    subscription, client = webhook(), as_(people.mgr)
    listener.fail(500, "<b>坏了</b>")
    client.post(reverse("webhook_try", args=[subscription.public_id]))
    drain()
    page = client.get(reverse("webhook", args=[subscription.public_id])).text
    assert "500" in page and "&lt;b&gt;坏了" in page
    telling.park(Delivery.objects.get())
    listener.fail(200)
    again = reverse("webhook_again", args=[subscription.public_id, Delivery.objects.get().public_id])
    client.post(again)
    drain()
    assert Delivery.objects.get().state == "delivered"


def test_who_saves_it_answers_for_it(as_, people, webhook, listener):
    subscription = webhook(people.li)
    client = as_(people.mgr)
    assert "目前不会发出通知" in client.get(reverse("webhook", args=[subscription.public_id])).text
    client.post(reverse("webhook_edit", args=[subscription.public_id]), FORM | {"url": listener.url})
    assert Subscription.objects.get().owner == people.mgr


def test_a_removed_one_is_gone_and_silent(as_, people, webhook):
    subscription, client = webhook(), as_(people.mgr)
    client.post(reverse("webhook_remove", args=[subscription.public_id]))
    assert client.get(reverse("webhook", args=[subscription.public_id])).status_code == 404
    assert not Subscription.objects.get().active


def test_others_find_none_of_it(as_, people, webhook):
    subscription = webhook()
    delivery = telling.trial(subscription)
    one = [subscription.public_id]
    for user in (people.li, people.bo):
        client = as_(user)
        for name in ("webhooks", "webhook_new"):
            assert client.get(reverse(name)).status_code == 404
        for name in ("webhook", "webhook_edit"):
            assert client.get(reverse(name, args=one)).status_code == 404
        for name in ("webhook_new", "webhook_edit", "webhook_remove", "webhook_secret", "webhook_try"):
            assert client.post(reverse(name, args=[] if name == "webhook_new" else one), FORM).status_code == 404
        assert client.post(reverse("webhook_again", args=[*one, delivery.public_id])).status_code == 404
    Subscription.objects.update(registers=["customer", "staff"])
    assert as_(people.mgr).get(reverse("webhook", args=one)).status_code == 404


def test_the_log_costs_the_same_for_one_message_and_fifty(as_, people, webhook):
    subscription, client = webhook(), as_(people.mgr)
    address = reverse("webhook", args=[subscription.public_id])
    telling.trial(subscription)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _number in range(49):
        telling.trial(subscription)
    with CaptureQueriesContext(connection) as fifty:
        client.get(address)
    assert len(one) == len(fifty)


def test_somebody_who_configures_other_registers_may_not_tell_of_customers(as_):
    hr = org.person("HR", site=None)
    answer = as_(hr).post(reverse("webhook_new"), FORM | {"url": "https://hooks.example.com/"})
    assert answer.status_code in (404, 422) and not Subscription.objects.exists()
