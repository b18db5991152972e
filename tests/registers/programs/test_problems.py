"""Whatever goes wrong is told as problem+json, in the language the caller names."""

import json

import pytest
from django.test import Client

from tests.organisation import factories as org

from .conftest import BASE


def told(answer, status):
    """The problem an answer holds."""
    assert answer.status_code == status, answer.text
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["title"] and problem["detail"]
    assert problem["type"].startswith("urn:backoffice:problem:")
    assert problem["instance"] == f"urn:request:{answer['X-Request-ID']}"
    return problem


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", f"{BASE}nothing/", 404),
        ("GET", "/api/v1/nothing/", 404),
        ("GET", f"{BASE}%00/", 404),
        ("PUT", BASE, 405),
        ("GET", f"{BASE}?limit=many", 422),
        ("GET", f"{BASE}?colour=red", 422),
        ("GET", f"{BASE}?cursor=made-up", 422),
        ("GET", f"{BASE}?as_of=yesterdayish", 422),
        ("GET", f"{BASE}?ordering=%00", 422),
    ],
)
def test_each_refusal_is_a_problem(program, method, address, status):
    told(program().ask(method, address), status)


def test_a_stranger_is_told_in_the_language_they_ask_for(db):
    assert told(Client().get(BASE), 401)["title"] == "未登录"
    for language, title in (("en", "Not signed in"), ("zh-CN,zh;q=0.9", "未登录"), ("fr", "未登录")):
        answer = Client().get(BASE, headers={"Accept-Language": language})
        assert told(answer, 401)["title"] == title and answer["WWW-Authenticate"] == "Bearer"
    wrong = Client().get(BASE, headers={"Authorization": "Bearer wrong", "Accept-Language": "en"})
    assert told(wrong, 401)["title"] == "Not signed in"


def test_the_methods_of_an_address_are_named(program):
    assert "GET" in program().ask("PUT", BASE)["Allow"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (json.dumps({"values": {"name": "\x00"}}).encode(), "application/json", 400),
        (rb'{"values": {"name": "\ud800"}}', "application/json", 400),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b" " * 3_000_000, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_taken(program, body, kind, status):
    asking = program()
    for address in (BASE, f"{BASE}search/"):
        answer = asking.client.post(
            address, body, content_type=kind, headers={"Authorization": f"Bearer {asking.secret}"}
        )
        told(answer, status)


def test_mistakes_are_named_by_field_in_the_language_of_the_caller(program):
    body = {"values": {"name": 3, "phone": "12", "colour": "red", "age": "x"}}
    mistakes = told(program().ask("POST", BASE, body, Accept_Language="en"), 422)["errors"]
    assert mistakes == {
        "name": ["This is not a text."],
        "age": ["This is not a whole number."],
        "colour": ["There is no such field."],
    }
    assert told(program().ask("POST", BASE, body), 422)["errors"]["name"] == ["这不是文本。"]
    refused = told(program().ask("POST", BASE, {"values": {"name": "林叶", "phone": "12"}}), 422)
    assert list(refused["errors"]) == ["phone"]


def test_an_older_version_is_told_the_present_one(people, make, program):
    row = make(people.li)
    answer = program().ask("PATCH", f"{BASE}{row.public_id}/", {"version": 9, "values": {"remark": "x"}})
    assert told(answer, 409)["version"] == 1


def test_a_session_without_the_form_token_is_a_problem(people):
    client = Client(enforce_csrf_checks=True)
    org.sign_in(client, people.li)
    told(client.post(BASE, {}, content_type="application/json"), 403)


def test_a_mistake_of_ours_is_a_problem_with_the_number_of_the_request(monkeypatch, program):
    from backoffice.registers.api.records import Records

    monkeypatch.setattr(Records, "list", lambda *args, **kwargs: 1 / 0)
    problem = told(program().ask("GET", BASE), 500)
    assert "ZeroDivision" not in str(problem)
