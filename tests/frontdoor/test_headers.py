"""What every answer carries, and what the access log keeps."""

import logging
import re

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.models import Page

PAGES = ["/admin/", "/admin/account/", "/admin/pages/", "/admin/images/", "/admin/workflows/add/", "/no-such-page/"]


def directives(response):
    policy = response["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/login/", *PAGES])
def test_no_page_may_run_inline_scripts_or_call_other_hosts(admin_client, address):
    policy = directives(admin_client.get(address))
    assert policy["script-src"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert not [value for values in policy.values() for value in values if re.match(r"https?:|\*", value)]


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_no_script_that_the_policy_would_block(admin_client, address):
    page = admin_client.get(address).content.decode()
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", page, re.DOTALL)
    inline = [
        body for attributes, body in scripts if "src=" not in attributes and "application/json" not in attributes
    ]
    assert inline == []
    assert not re.search(r"<[a-z][^>]*\son\w+\s*=", page)


@pytest.mark.django_db
def test_the_page_editor_holds_none_either(admin_client):
    root = Page.objects.get(depth=2)
    page = admin_client.get(reverse("wagtailadmin_pages:edit", args=[root.pk])).content.decode()
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert scripts
    assert not [tag for tag in scripts if "src=" not in tag and "application/json" not in tag]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/login/", *PAGES])
def test_no_browser_keeps_a_page(admin_client, address):
    assert "no-store" in admin_client.get(address)["Cache-Control"]


@pytest.mark.django_db
def test_icons_and_script_messages_may_be_kept(client):
    assert "no-store" not in client.get("/admin/sprite/")["Cache-Control"]
    first = client.get("/admin/jsi18n/")
    assert "no-store" not in first["Cache-Control"]
    assert client.get("/admin/jsi18n/", headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_an_answer_names_its_request_and_the_log_has_no_query(client, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("backoffice.access"), "propagate", True)
    with caplog.at_level(logging.INFO, "backoffice.access"):
        response = client.get("/admin/login/?next=/admin/?q=13800000000", headers={"X-Request-ID": "abcd-1234"})
    assert response["X-Request-ID"] == "abcd-1234"
    assert "path=/admin/login/ status=200" in caplog.text
    assert "13800000000" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("offered", ["short", "x" * 65, "line\\nbreak-in-it", "<script>"])
def test_an_id_that_is_no_id_is_not_taken_over(client, offered):
    assert client.get("/admin/login/", headers={"X-Request-ID": offered})["X-Request-ID"] != offered


@pytest.mark.django_db
class TestLanguage:
    def test_pages_are_chinese_whatever_the_browser_wishes(self, client):
        response = client.get("/admin/login/", headers={"Accept-Language": "en"})
        assert response["Content-Language"] == "zh-hans"
        assert '<html lang="zh-hans"' in response.content.decode()

    def test_unless_the_person_chose_english(self, client):
        from wagtail.users.models import UserProfile

        person = get_user_model().objects.create_superuser("li.wei")
        UserProfile.objects.create(user=person, preferred_language="en")
        client.force_login(person)
        assert client.get("/no-such-page/")["Content-Language"] == "en"
