"""Accounts: opened by a link, ended with the position, seen and ended by their owner, guarded by a second factor."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from backoffice.jobs import clock
from backoffice.jobs.queue import enqueue
from backoffice.jobs.worker import drain
from backoffice.organisation.accounts import operations
from backoffice.organisation.accounts.models import AccountEvent, LoginSession, User, get_system_user
from backoffice.registers.changes import Denied
from backoffice.registers.scope import viewer_of
from backoffice.registers.screens.addresses import record_url
from tests.organisation import factories as make

pytestmark = pytest.mark.django_db
HOME = "/admin/"
NEW_PASSWORD = "another-horse-93"


def sign_in(client, user, password=make.PASSWORD, **extra):
    return client.post(reverse("wagtailadmin_login"), {"username": user.username, "password": password}, **extra)


def signed_in(client):
    return client.get(reverse("my_signins")).status_code == 200


def viewer(role, **kwargs):
    return viewer_of(make.again(make.person(role, **kwargs)))


@pytest.fixture
def hr():
    return make.person("HR", site=None)


@pytest.fixture
def hr_client(client, hr):
    client.force_login(hr)
    return client


def link_in_mail():
    return re.search(r"/sign-in/invitation/\S+", mail.outbox[-1].body).group()


def test_an_account_is_opened_by_the_link_that_its_person_gets(hr_client, client_class):
    staff = make.staff("林晚舟")
    make.seat(staff, "PC")
    page = hr_client.get(reverse("account_new", args=[staff.public_id]))
    assert 'value="linwanzhou"' in page.content.decode()
    hr_client.post(
        reverse("account_new", args=[staff.public_id]), {"username": "linwanzhou", "email": "lwz@example.com"}
    )
    user = User.objects.get(username="linwanzhou")
    assert (user.staff, user.get_full_name(), mail.outbox[-1].to) == (staff, "林晚舟", ["lwz@example.com"])
    assert list(user.groups.values_list("name", flat=True)) == ["PC"]

    stranger, link = client_class(), link_in_mail()
    assert not sign_in(stranger, user, "").wsgi_request.user.is_authenticated
    assert stranger.get(link).status_code == 200
    assert stranger.post(link, {"new_password1": "123", "new_password2": "123"}).status_code == 200
    both = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert stranger.post(link, both).status_code == 302
    assert stranger.post(link, both | {"new_password1": "x"}).status_code == 404
    sign_in(stranger, user, NEW_PASSWORD)
    assert signed_in(stranger)
    kinds = list(AccountEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["created", "invited", "password"]


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def test_the_page_of_a_member_of_staff_leads_to_the_account(hr_client, client_class):
    person = make.person("PC")
    link = reverse("account", args=[person.staff.public_id])
    assert link in hr_client.get(record_url(person.staff)).content.decode()
    manager = client_class()
    manager.force_login(make.person("SM"))
    assert link not in manager.get(record_url(person.staff)).content.decode()


def test_a_link_ends_after_three_days_and_with_the_next_one(hr, client):
    person = make.person("PC")
    by = viewer_of(make.again(hr))
    first = operations.send_link(person, email="a@example.com", viewer=by)
    second = operations.send_link(person, email="a@example.com", viewer=by)
    path = lambda link: link[link.index("/sign-in") :]  # noqa: E731
    assert client.get(path(first)).status_code == 404
    assert client.get(path(second)).status_code == 200
    with clock.shift(timedelta(days=3, seconds=1)):
        assert client.get(path(second)).status_code == 404


def test_no_account_beyond_ones_own_rights_and_none_for_oneself(hr):
    by = viewer_of(make.again(hr))
    boss = make.staff()
    make.seat(boss, "GM", site=None)
    with pytest.raises(Denied):
        operations.create_account(boss, username="boss", viewer=by)
    with pytest.raises(Denied):
        operations.send_link(hr, email="other@example.com", viewer=by)
    operations.create_account(boss, username="boss", viewer=viewer_of(make.superuser()))


TOMORROW = timedelta(days=1)


def test_tomorrows_administrator_is_no_longer_opened_by_whoever_appoints_consultants(hr):
    by, staff = viewer_of(make.again(hr)), make.staff()
    make.seat(staff, "PC", until=clock.today())
    make.seat(staff, "SYS", site=None, since=clock.today() + TOMORROW)
    with pytest.raises(Denied):
        operations.create_account(staff, username="next", viewer=by)


def test_a_higher_position_ends_the_links_and_the_address_that_a_lesser_hand_gave(hr, client):
    person, colleague = make.person("PC"), make.person("PC")
    for one in (person, colleague):
        link = operations.send_link(one, email=f"{one.username}@example.com", viewer=viewer_of(make.again(hr)))
        client.post(reverse("wagtailadmin_password_reset"), {"email": f"{one.username}@example.com"})
    make.seat(colleague.staff, "SS", is_primary=False)
    assert client.get(link[link.index("/sign-in") :]).status_code == 200
    make.seat(person.staff, "SYS", site=None, since=clock.today() + TOMORROW, is_primary=False)

    invitation, reset = (re.search(r"/(?:sign-in|admin)/\S+", letter.body).group() for letter in mail.outbox[:2])
    assert client.get(invitation).status_code == 404
    assert not client.get(reset, follow=True).context["validlink"]
    person = make.again(person)
    assert person.email == "" and not person.has_usable_password()
    assert person.account_events.first().kind == "withdrawn"
    operations.send_link(person, email="own@example.com", viewer=viewer_of(make.superuser()))
    make.seat(person.staff, "GM", site=None, since=clock.today() + 9 * TOMORROW, is_primary=False)
    assert make.again(person).email == "own@example.com"


def test_a_mail_that_cannot_be_sent_is_said_and_can_be_sent_again(hr_client, monkeypatch):
    staff = make.staff()

    def broken(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr("backoffice.organisation.accounts.operations.send_mail", broken)
    values = {"username": "somebody", "email": "s@example.com"}
    page = hr_client.post(reverse("account_new", args=[staff.public_id]), values, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert page.redirect_chain[-1][0] == reverse("account", args=[staff.public_id])
    monkeypatch.undo()
    hr_client.post(reverse("account_act", args=[staff.public_id, "link"]), {"email": "s@example.com"})
    assert link_in_mail()


def test_superusers_are_invisible(hr_client):
    root = make.superuser()
    User.objects.filter(pk=root.pk).update(staff=make.staff("Root"))
    staff = make.again(root).staff
    assert "Root" not in hr_client.get(reverse("accounts")).content.decode()
    assert hr_client.get(reverse("account", args=[staff.public_id])).status_code == 404
    assert hr_client.post(reverse("account_act", args=[staff.public_id, "deactivate"])).status_code == 404
    assert make.again(root).is_active


def test_closing_an_account_signs_its_person_out_at_once(hr_client, client_class):
    person, browser = make.person("PC"), client_class()
    sign_in(browser, person)
    assert signed_in(browser)
    hr_client.post(reverse("account_act", args=[person.staff.public_id, "deactivate"]))
    assert not signed_in(browser)
    sign_in(browser, person)
    assert not signed_in(browser)
    hr_client.post(reverse("account_act", args=[person.staff.public_id, "activate"]))
    sign_in(browser, person)
    assert signed_in(browser)


def test_whoever_has_no_position_today_cannot_sign_in_and_is_signed_out(client):
    person = make.person("PC")
    sign_in(client, person)
    assert signed_in(client)
    make.end(person, clock.today() - timedelta(days=1))
    assert not signed_in(client)
    sign_in(client, person)
    assert not signed_in(client)


def test_the_night_closes_the_sign_ins_of_people_who_left(client, client_class):
    person = make.person("PC")
    sign_in(client, person)
    make.end(person, clock.today() - timedelta(days=1))
    stayed = make.person("PC")
    client_class().force_login(stayed)
    enqueue("organisation.new_day")
    drain()
    assert LoginSession.objects.filter(user=stayed, ended_at=None).exists()
    assert not LoginSession.objects.filter(user=person, ended_at=None).exists()


def test_system_accounts_sign_in_nowhere(client):
    shell = get_system_user("shell")
    shell.set_password(make.PASSWORD)
    shell.save()
    sign_in(client, shell)
    assert not signed_in(client)


def test_groups_are_brought_up_to_date_by_the_first_request_of_a_day(client):
    person = make.person("PC")
    make.end(person, clock.today())
    make.seat(person.staff, "SS", since=clock.today() + timedelta(days=1))
    sign_in(client, person)
    with clock.shift(timedelta(days=1)):
        assert signed_in(client)
    assert list(person.groups.values_list("name", flat=True)) == ["SS"]


def test_one_sees_and_ends_ones_sign_ins(client, client_class):
    person, other = make.person("PC"), client_class()
    sign_in(client, person, HTTP_USER_AGENT="Desk")
    sign_in(other, person, HTTP_USER_AGENT="Phone")
    page = client.get(reverse("my_signins")).content.decode()
    assert "Desk" in page and "Phone" in page
    phone = LoginSession.objects.get(agent="Phone")
    client.post(reverse("end_my_session", args=[phone.public_id]))
    assert signed_in(client) and not signed_in(other)


def test_browsers_are_named_as_in_the_audit_log(client):
    person = make.person("PC")
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    sign_in(client, person, HTTP_USER_AGENT=agent)
    # A login that was noted before browsers were named.
    LoginSession.objects.create(user=person, agent=agent.replace("Chrome/126", "Chrome/99"))
    page = client.get(reverse("my_signins")).content.decode()
    assert "Chrome 126 · Linux" in page and "Chrome 99 · Linux" in page
    assert "Mozilla" not in page


def test_nobody_ends_anothers_sign_in(client, client_class):
    person, stranger = make.person("PC"), make.person("PC")
    other = client_class()
    sign_in(other, stranger)
    sign_in(client, person)
    theirs = LoginSession.objects.get(user=stranger)
    assert client.post(reverse("end_my_session", args=[theirs.public_id])).status_code == 404
    assert signed_in(other)


def test_signing_out_closes_the_row(client):
    person = make.person("PC")
    sign_in(client, person)
    client.post(reverse("wagtailadmin_logout"))
    assert not LoginSession.objects.filter(user=person, ended_at=None).exists()


def code_of(device, wait=0):
    """The code the app would show now, or `wait` codes later (each one is taken once)."""
    return f"{totp(device.bin_key, drift=wait):06d}"


def switch_on(client):
    client.get(reverse("factor_on"))
    device = TOTPDevice.objects.get()
    page = client.post(reverse("factor_on"), {"code": code_of(device)})
    return TOTPDevice.objects.get(), page


def test_a_second_factor_is_asked_for_before_anything_else_opens(client, client_class):
    person, elsewhere = make.person("PC"), client_class()
    sign_in(client, person)
    sign_in(elsewhere, person)
    device, page = switch_on(client)
    assert page.content.decode().count("<li><code>") == 10
    assert signed_in(client) and not signed_in(elsewhere)

    sign_in(elsewhere, person)
    answer = elsewhere.get(HOME)
    assert answer.status_code == 302 and answer.url == "/sign-in/second-factor/?next=%2Fadmin%2F"
    assert elsewhere.post(reverse("choose_site"), {"site": ""}).url.startswith("/sign-in/second-factor/")
    elsewhere.post(reverse("second_factor"), {"code": "000000"})
    assert not signed_in(elsewhere)
    # A wrong code makes the device wait; the waiting itself is the library's.
    TOTPDevice.objects.update(throttling_failure_count=0)
    answer = elsewhere.post(reverse("second_factor"), {"code": code_of(device, wait=1), "next": "/admin/"})
    assert answer.url == "/admin/" and signed_in(elsewhere)


def test_a_recovery_code_works_once(client, client_class):
    person = make.person("PC")
    sign_in(client, person)
    switch_on(client)
    token = StaticToken.objects.first().token
    for works in (True, False):
        browser = client_class()
        sign_in(browser, person)
        browser.post(reverse("second_factor"), {"code": token})
        assert signed_in(browser) is works


def test_the_second_factor_goes_off_with_the_password_only(client):
    person = make.person("PC")
    sign_in(client, person)
    switch_on(client)
    client.post(reverse("factor_off"), {"password": "wrong"})
    assert TOTPDevice.objects.exists()
    client.post(reverse("factor_off"), {"password": make.PASSWORD})
    assert not TOTPDevice.objects.exists()


def test_after_the_second_factor_one_goes_to_addresses_of_this_site_only(client):
    person = make.person("PC")
    sign_in(client, person)
    answer = client.get(reverse("second_factor") + "?next=https://elsewhere.example/")
    assert answer.url == reverse("wagtailadmin_home")


def test_a_lost_telephone_is_helped_by_the_people_desk(hr_client, client_class):
    person, browser = make.person("PC"), client_class()
    sign_in(browser, person)
    switch_on(browser)
    hr_client.post(reverse("account_act", args=[person.staff.public_id, "remove-factor"]))
    assert not TOTPDevice.objects.exists()


LOOK_AFTER = {"HR", "SYS"}
ROLES = ["GM", "DIR", "SM", "DSM", "SS", "PC", "RC", "CSM", "CSA", "BO", "TMC", "FIN", "HR", "MKT", "LEG"]
ROLES += ["STK", "EDT", "TRN", "SYS", "DEV", "ENG", "VND", "AUD"]


@pytest.mark.parametrize("role", ROLES)
def test_accounts_exist_for_those_who_look_after_them_only(client, role):
    person = make.person("PC")
    client.force_login(make.person(role))
    number = person.staff.public_id
    found = 200 if role in LOOK_AFTER else 404
    assert client.get(reverse("accounts")).status_code == found
    assert client.get(reverse("account", args=[number])).status_code == found
    assert client.get(reverse("account_new", args=[number])).status_code == (302 if role in LOOK_AFTER else 404)
    assert client.post(reverse("account_act", args=[number, "end-sessions"])).status_code == (
        302 if role in LOOK_AFTER else 404
    )
    assert client.get(reverse("my_signins")).status_code == 200


def test_a_people_supervisor_of_one_site_finds_nobody_of_another(client):
    client.force_login(make.person("HR"))
    other = make.person("PC", site=make.site("B"))
    assert client.get(reverse("account", args=[other.staff.public_id])).status_code == 404


def test_nothing_opens_without_a_sign_in(client):
    for name in ("accounts", "my_signins", "choose_site", "factor_on", "factor_off", "second_factor"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302 and "/login/" in answer.url, name


def test_the_list_of_accounts_costs_the_same_for_one_and_for_many(hr_client, django_assert_max_num_queries):
    for _ in range(30):
        make.person("PC")
    hr_client.get(reverse("accounts"))
    with django_assert_max_num_queries(30):
        hr_client.get(reverse("accounts"))
