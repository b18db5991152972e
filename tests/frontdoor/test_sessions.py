"""How long a session lasts, and how many wrong passwords a door takes."""

import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

IDLE = settings.SESSION_IDLE_SECONDS


@pytest.fixture
def user(db):
    return get_user_model().objects.create_superuser("chen.jing", password="right-one-2741")


@pytest.fixture
def later(monkeypatch):
    """`later(seconds)` sets the clock of the web process forward."""
    start = time.time()

    def move(seconds):
        monkeypatch.setattr("backoffice.frontdoor.middleware.time.time", lambda: start + seconds)

    return move


def signed_in(client):
    return client.get(reverse("wagtailadmin_account")).status_code == 200


def test_a_session_ends_after_half_an_hour_away(client, user, later):
    client.force_login(user)
    later(IDLE - 5)
    assert signed_in(client)
    later(IDLE - 5 + IDLE + 5)
    assert not signed_in(client)
    assert not client.session.keys() & {"_auth_user_id"}


def test_every_visit_starts_the_half_hour_anew_until_the_longest_time(client, user, later):
    client.force_login(user)
    for seconds in range(0, settings.SESSION_COOKIE_AGE, IDLE - 60):
        later(seconds)
        # The lightest address that needs a login: there is no such file.
        assert client.get("/files/none.jpg").status_code == 404
    later(settings.SESSION_COOKIE_AGE + 1)
    assert not signed_in(client)


def test_the_last_visit_is_written_at_most_once_a_minute(client, user, later):
    client.force_login(user)
    signed_in(client)
    saved = client.session["seen"]
    later(59)
    signed_in(client)
    assert client.session["seen"] == saved
    later(61)
    signed_in(client)
    assert client.session["seen"] > saved


def test_an_open_editor_does_not_keep_a_session_alive(client, user, later):
    client.force_login(user)
    ping = reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", "1", "1"])
    for seconds in range(0, IDLE + 120, 60):
        later(seconds)
        client.post(ping)
    assert not signed_in(client)


def test_a_session_from_elsewhere_has_no_time_left(client, user):
    client.force_login(user)
    session = client.session
    del session["began"]
    session.save()
    assert not signed_in(client)


@pytest.fixture
def locking(settings):
    settings.AXES_ENABLED = True


def attempt(client, username, password, **extra):
    return client.post(reverse("wagtailadmin_login"), {"username": username, "password": password}, **extra)


def test_five_wrong_passwords_close_a_name_to_an_address(client, user, locking):
    answers = [attempt(client, "chen.jing", "wrong").status_code for _turn in range(5)]
    assert answers == [200, 200, 200, 200, 403]
    locked = attempt(client, "chen.jing", "right-one-2741")
    assert locked.status_code == 403
    assert "frontdoor/locked_out.html" in [template.name for template in locked.templates]
    assert "15" in locked.content.decode()
    # Who forgot the password helps themselves, and is not sent to anybody.
    assert reverse("wagtailadmin_password_reset") in locked.content.decode()
    assert client.get(reverse("wagtailadmin_password_reset")).status_code == 200
    assert attempt(client, "chen.jing", "right-one-2741", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_an_unknown_name_gets_the_same_answers(client, user, locking):
    answers = [attempt(client, "nobody", "wrong").status_code for _turn in range(5)]
    assert answers == [200, 200, 200, 200, 403]


def test_only_the_address_our_own_proxy_saw_is_believed(client, user, locking, settings):
    settings.TRUSTED_PROXIES = 1
    for turn in range(5):
        attempt(client, "chen.jing", "wrong", headers={"X-Forwarded-For": f"1.1.1.{turn}, 203.0.113.7"})
    assert (
        attempt(client, "chen.jing", "right-one-2741", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
    )
    assert (
        attempt(client, "chen.jing", "right-one-2741", headers={"X-Forwarded-For": "203.0.113.8"}).status_code == 302
    )
