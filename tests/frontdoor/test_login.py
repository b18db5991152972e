"""Nothing answers without a login, except what is meant to."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import Resolver404, resolve

from tests.frontdoor.addresses import addresses
from tests.organisation import factories as org

PUBLIC = {
    # What the login page itself needs.
    "wagtailadmin_login",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
}


def sent_away(response, address):
    """People are sent to the login page, programs are told to bring a token."""
    if address.startswith("/api/"):
        return response.status_code == 401
    return response.status_code == 302 and response.url.startswith("/admin/login/?next=")


@pytest.mark.django_db
def test_every_address_asks_a_stranger_to_sign_in(client):
    """Walks the resolver, so a new address is covered from its first day."""
    asked, answered = 0, []
    for view, address in addresses():
        try:
            match = resolve(address)
        except Resolver404:
            pytest.fail(f"{address} was made up wrongly for {view}")
        response = client.get(address)
        if sent_away(response, address):
            asked += 1
        elif response.status_code != 404 and match.view_name not in PUBLIC:
            answered.append(f"{response.status_code} {address} ({match.view_name})")
    assert answered == []
    assert asked > 100


@pytest.mark.django_db
def test_every_public_address_answers_a_stranger(client):
    answers = {resolve(address).view_name: client.get(address).status_code for view, address in addresses()}
    assert {name: answers[name] for name in PUBLIC} == dict.fromkeys(PUBLIC, 200)


@pytest.mark.django_db
def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client):
    person, elsewhere = org.person("PC"), Client()
    get_user_model().objects.filter(pk=person.pk).update(email="lan@lanqiao.example")
    org.sign_in(elsewhere, person)
    asked = client.post("/admin/password_reset/", {"email": "lan@lanqiao.example"}, follow=True)
    assert "请查看邮箱" in asked.text
    [sent] = mail.outbox
    assert sent.to == ["lan@lanqiao.example"] and sent.subject == "案场后台：设置新密码"
    assert person.username in sent.body and person.get_full_name() in sent.body
    link = re.search(rf"{settings.WAGTAILADMIN_BASE_URL}(/admin/password_reset/confirm/\S+)", sent.body)[1]
    form = client.get(link, follow=True)
    chosen = {"new_password1": "another-horse-93", "new_password2": "another-horse-93"}
    done = client.post(form.redirect_chain[-1][0], chosen, follow=True)
    assert "密码已设置" in done.text
    assert elsewhere.get("/admin/").status_code == 302
    client.post("/admin/login/", {"username": person.username, "password": "another-horse-93"})
    assert client.get("/admin/").status_code == 200
    assert "链接已失效" in client.get(link).text


@pytest.mark.django_db
def test_an_unknown_address_is_answered_like_a_known_one_and_gets_no_mail(client):
    asked = client.post("/admin/password_reset/", {"email": "nobody@lanqiao.example"}, follow=True)
    assert "请查看邮箱" in asked.text and mail.outbox == []


@pytest.mark.django_db
def test_posting_asks_for_a_login_as_well(client):
    answered = [
        f"{response.status_code} {address}"
        for view, address in addresses()
        if resolve(address).view_name not in PUBLIC
        and (response := client.post(address)).status_code not in (302, 401, 404)
    ]
    assert answered == []


@pytest.mark.django_db
def test_credentials_in_a_header_open_nothing_by_themselves(client):
    interface = sorted({address for view, address in addresses() if address.startswith("/api/")})
    answers = {
        (method, address): client.generic(method, address, headers={"Authorization": "Bearer made-up"}).status_code
        for address in interface
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }
    assert set(answers.values()) <= {401, 404, 405}
    refused = {address for (method, address), status in answers.items() if status == 401}
    # The bare address of the interface is none of its operations.
    assert refused == set(interface) - {"/api/v1/"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/admin/users/",
        "/admin/users/add/",
        "/admin/groups/",
        "/admin/sites/",
        "/admin/bulk/organisation/user/assign_role/?id=1",
        "/admin/reports/site-history/",
        "/admin/reports/aging-pages/",
        "/admin/reports/page-types-usage/",
        "/pages/_util/login/",
    ],
)
def test_screens_that_the_product_replaces_are_closed_to_superusers_too(admin_client, client, address):
    assert admin_client.get(address).status_code == 404
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_menu_leads_to_no_closed_screen(admin_client):
    page = admin_client.get("/admin/").content.decode()
    assert '"url": "/admin/account/"' in page
    for closed in ("/admin/users/", "/admin/groups/", "/admin/sites/", "/admin/reports/site-history/"):
        assert closed not in page


@pytest.mark.django_db
class TestPictures:
    @pytest.fixture
    def picture(self):
        from wagtail_factories import ImageFactory

        return ImageFactory()

    def test_one_who_is_signed_in_sees_a_picture(self, client, picture):
        client.force_login(get_user_model().objects.create_superuser("reader"))
        response = client.get(picture.file.url)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert "sandbox" in response["Content-Security-Policy"]

    def test_a_stranger_does_not(self, client, picture):
        assert client.get(picture.file.url).status_code == 302

    @pytest.mark.parametrize(
        "path", ["documents/secret.pdf", "../manage.py", "original_images/none.jpg", "imports/x.jpg"]
    )
    def test_nothing_else_in_the_storage_is_served(self, client, picture, path):
        client.force_login(get_user_model().objects.create_superuser("reader"))
        assert client.get(f"/files/{path}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "lands"), [("PC", "/admin/"), ("CHN", "/")])
def test_a_sign_in_leads_where_the_role_may_go(client, role, lands):
    user = org.person(role)
    answer = client.post("/admin/login/", {"username": user.username, "password": org.PASSWORD}, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain[-1][0] == lands
    assert client.get("/admin/login/").url == lands


@pytest.mark.django_db
def test_who_has_no_part_in_the_back_office_is_led_out_of_it(client):
    org.sign_in(client, org.person("CHN"))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 200 and answer.redirect_chain[-1][0] == "/"


@pytest.mark.django_db
def test_a_person_chooses_english_in_their_account_and_reads_english(client):
    org.sign_in(client, org.person("PC"))
    page = client.get("/admin/account/")
    posted = {}
    for panel in [panel for panels in page.context["panels_by_tab"].values() for panel in panels]:
        for field in panel.get_form():
            posted[field.html_name] = field.value() if field.value() is not None else ""
    chosen = next(name for name in posted if name.endswith("preferred_language"))
    assert not [name for name in posted if "name_email" in name or "avatar" in name]
    answer = client.post("/admin/account/", posted | {chosen: "en"})
    assert answer.status_code == 302, answer.context["panels_by_tab"]
    assert "Customers" in client.get("/admin/r/customer/").text
