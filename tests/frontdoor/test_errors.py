"""What people see when something is in the way: our name, their language, a way back."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.frontdoor.views import server_error
from tests.organisation.factories import again, person

pytestmark = pytest.mark.django_db


def is_ours(page, way_back):
    assert "<title>" in page
    assert "案场后台</title>" in page
    assert "Wagtail" not in page
    assert f'<a class="notice__link" href="{way_back}">' in page


@pytest.mark.parametrize("address", ["/admin/nothing/", "/admin/pages/999999/edit/", "/admin/users/"])
def test_a_page_that_is_not_there_leads_back_to_the_back_office(client, address):
    client.force_login(again(person("EDT")))
    answer = client.get(address)
    assert answer.status_code == 404
    is_ours(answer.content.decode(), reverse("wagtailadmin_home"))


def test_outside_the_back_office_the_way_back_is_the_portal(client):
    client.force_login(again(person("PC")))
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    is_ours(answer.content.decode(), "/")


def test_a_form_from_before_the_sign_in_is_refused_with_a_way_back():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(again(person("EDT")))
    answer = browser.post(reverse("wagtailadmin_account"), {})
    assert answer.status_code == 403
    is_ours(answer.content.decode(), reverse("wagtailadmin_home"))


@pytest.mark.parametrize(("address", "way_back"), [("/admin/customer/", "/admin/"), ("/handbook/", "/")])
def test_a_mistake_of_ours_is_answered_with_a_number_and_a_way_back(rf, address, way_back):
    request = rf.get(address)
    request.id = "0123456789abcdef"
    page = server_error(request).content.decode()
    is_ours(page, way_back)
    assert "0123456789abcdef" in page


def test_a_screen_that_is_not_for_somebody_says_so_on_the_start_page(client):
    """Wagtail's screens send people back with a sentence instead of a page of its own."""
    client.force_login(again(person("SM")))
    answer = client.get(reverse("wagtailimages:index"), follow=True)
    assert answer.redirect_chain[0][0] == reverse("wagtailadmin_home")
    assert "很抱歉" in answer.content.decode() or "没有权限" in answer.content.decode()
