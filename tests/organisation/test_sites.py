"""The site switcher: whoever works at several sites chooses which one the lists show."""

import pytest
from django.urls import reverse

from tests.organisation import factories as make

pytestmark = pytest.mark.django_db


def site_of(client):
    return client.get(reverse("choose_site")).context["chosen"]


def test_a_site_is_chosen_and_let_go_again(client):
    first, second = make.site("A"), make.site("B")
    client.force_login(make.person("DIR", site=None))
    assert site_of(client) is None
    answer = client.post(reverse("choose_site"), {"site": second.public_id, "next": "/admin/accounts/me/"})
    assert answer.url == "/admin/accounts/me/"
    assert site_of(client) == second.pk
    client.post(reverse("choose_site"), {"site": first.public_id})
    assert site_of(client) == first.pk
    client.post(reverse("choose_site"), {"site": ""})
    assert site_of(client) is None


def test_a_site_one_does_not_work_at_is_not_found(client):
    other = make.site("B")
    client.force_login(make.person("SM"))
    assert client.post(reverse("choose_site"), {"site": other.public_id}).status_code == 404
    assert client.post(reverse("choose_site"), {"site": "nonsense"}).status_code == 404
    assert site_of(client) == make.site().pk


def test_a_chosen_site_ends_with_the_seat_there(client):
    person = make.person("SM")
    second, third = make.site("B"), make.site("C")
    make.seat(person.staff, "BO", site=third, is_primary=False)
    cover = make.seat(person.staff, "BO", site=second, is_primary=False)
    client.force_login(make.again(person))
    client.post(reverse("choose_site"), {"site": second.public_id})
    assert site_of(client) == second.pk
    make.write("assignment", {}, row=cover, action="void")
    assert site_of(client) is None


def test_the_switcher_stands_in_the_menu_of_those_who_work_at_several_sites(client):
    make.site("A"), make.site("B")
    address = reverse("choose_site")
    client.force_login(make.person("DIR", site=None))
    assert f'"url": "{address}"' in client.get("/admin/").content.decode()
    client.force_login(make.person("SM"))
    assert f'"url": "{address}"' not in client.get("/admin/").content.decode()
