"""A consultant's own customers are open, masked ones stay masked, and another's do not exist anywhere."""

import json

import pytest
from django.urls import reverse

from backoffice.customers.models import Customer
from backoffice.registers import catalogue
from backoffice.registers.changes import Act, Write, apply
from backoffice.registers.scope import viewer_of
from tests.organisation import factories as org

pytestmark = pytest.mark.django_db

PHONE = "19900007788"


@pytest.fixture
def owner(db):
    return org.person("PC", name="李岚")


@pytest.fixture
def colleague(db):
    return org.person("PC", name="周一")


@pytest.fixture
def theirs(owner):
    """A customer of `owner`."""
    write = Write(values={"name": "苏一宁", "phone": PHONE, "owner_consultant": owner.staff})
    change_set = apply(catalogue.get("customer"), [write], act=Act(owner, "form", "首次到访"))
    return write.row, change_set


def screens_of(row, change_set):
    """Every page that names one customer or the act that wrote it."""
    screens = [
        "",
        "related/",
        "timeline/",
        "compare/",
        "reveal/",
        "edit/",
        "void/",
        "unvoid/",
        "restore/1/",
        "seen/",
        "why/",
        "move/new/",
    ]
    screens += ["cell/name/", "comments/", "comments/people/", "files/"]
    return [f"/admin/r/customer/{row.public_id}/{screen}" for screen in screens] + [
        f"/admin/changes/{change_set.public_id}/{screen}" for screen in ("", "undo/", "undo/progress/")
    ]


def test_no_address_of_a_register_is_missing_from_this_list():
    """Whoever adds an address for a record adds it here."""
    from backoffice.registers.screens.viewset import RegisterViewSet

    patterns = [str(found.pattern) for found in RegisterViewSet(catalogue.get("customer")).get_urlpatterns()]
    of_a_record = {pattern.split("<public_id:key>/")[1] for pattern in patterns if "<public_id:key>/" in pattern}
    known = {"", "related/", "timeline/", "reveal/", "edit/", "void/", "unvoid/", "restore/<int:version>/"}
    known |= {
        "compare/",
        "seen/",
        "why/",
        "move/<slug:state>/",
        "cell/<slug:field>/",
        "comments/",
        "comments/people/",
        "files/",
    }
    # Of one comment or file: tests/registers/notes.
    known |= {f"comments/<public_id:comment>/{deed}/" for deed in ("edit", "withdraw")}
    known |= {f"files/<public_id:file>/{deed}" for deed in ("", "small/", "void/", "unvoid/")}
    assert of_a_record == known


def test_anothers_customer_is_404_on_every_page_and_api_path(client, colleague, theirs):
    row, change_set = theirs
    org.sign_in(client, colleague)
    for address in screens_of(row, change_set):
        for answer in (client.get(address), client.post(address, {"_reason": "x", "reason": "x", "field": "phone"})):
            assert answer.status_code in (404, 405), (address, answer.status_code)
            assert "苏一宁" not in answer.text and PHONE not in answer.text
    base = f"/api/v1/customer/{row.public_id}/"
    as_json = {"content_type": "application/json"}
    for answer in (
        client.get(base),
        client.get(f"{base}history/"),
        client.patch(base, {"version": 1, "values": {"name": "x"}}, **as_json),
        client.post(f"{base}void/", {"version": 1, "reason": "x"}, **as_json),
    ):
        assert answer.status_code == 404 and "苏一宁" not in answer.text, answer.request["PATH_INFO"]
    row.refresh_from_db()
    assert row.version == 1


def test_anothers_customer_is_in_no_list_search_count_or_export(client, colleague, theirs):
    row, _change_set = theirs
    org.sign_in(client, colleague)
    for query in ("苏一宁", PHONE, PHONE[-4:]):
        token = client.post("/admin/r/customer/search/", {"q": query}).json()["token"]
        page = client.get("/admin/r/customer/", {"s": token})
        assert row.public_id not in page.text and page.context["count"] in (0, "0")
    assert row.public_id not in json.dumps(client.get("/api/v1/customer/").json())
    assert client.get("/admin/r/customer/export/").status_code == 404


def test_the_owner_reads_the_number_and_the_manager_a_mask(client, owner, theirs):
    row, _change_set = theirs
    assert catalogue.get("customer").value(row, "phone", viewer_of(org.again(owner))) == PHONE
    assert PHONE in org.sign_in(client, owner).get(f"/admin/r/customer/{row.public_id}/").text
    page = org.sign_in(client, org.person("SM")).get(f"/admin/r/customer/{row.public_id}/").text
    assert PHONE not in page and "199****7788" in page


def test_who_registered_a_customer_for_another_sees_it_masked(client, colleague, owner):
    write = Write(values={"name": "陈予安", "phone": PHONE, "owner_consultant": owner.staff})
    apply(catalogue.get("customer"), [write], act=Act(colleague, "form", "代为登记"))
    page = org.sign_in(client, colleague).get(f"/admin/r/customer/{write.row.public_id}/")
    assert page.status_code == 200 and PHONE not in page.text


def test_a_consultants_new_customer_is_theirs_through_every_channel(client):
    org.site()
    consultant = org.person("PC")
    org.sign_in(client, consultant)
    form = client.get(reverse("register_customer:add")).context["form"]
    assert form["owner_consultant"].value() == consultant.staff.public_id
    answer = client.post(
        "/api/v1/customer/",
        {"values": {"name": "林书岚", "phone": "19900010001"}},
        content_type="application/json",
    )
    assert answer.status_code in (200, 201), answer.text
    assert Customer.rows.get().owner_consultant == consultant.staff
    assert answer.json()["phone"] == "19900010001"


def test_whoever_sees_more_than_their_own_is_proposed_as_nobodys_consultant(client):
    org.site()
    org.sign_in(client, org.person("BO"))
    form = client.get(reverse("register_customer:add")).context["form"]
    assert form["owner_consultant"].value() is None
