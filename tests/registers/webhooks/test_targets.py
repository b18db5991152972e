"""A webhook goes nowhere inside our own network, whatever name it is given."""

import socket

import pytest

from backoffice.registers.webhooks import sending, targets
from backoffice.registers.webhooks.models import Delivery, Subscription


def resolving(monkeypatch, *addresses):
    """Every name has these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@example.com/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://例子.example/",
        "//example.com/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_a_webhook(url):
    with pytest.raises(targets.Forbidden):
        targets.resolve(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  nothing is bound to it
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::7f00:1",
    ],
)
def test_addresses_inside_are_refused_whatever_the_name(monkeypatch, address):
    resolving(monkeypatch, address)
    with pytest.raises(targets.Forbidden):
        targets.resolve("https://hooks.example.com/")
    resolving(monkeypatch, "93.184.216.34", address)
    with pytest.raises(targets.Forbidden):
        targets.resolve("https://hooks.example.com/")


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://localhost/"])
def test_other_spellings_of_this_machine_are_refused(url):
    with pytest.raises((targets.Forbidden, targets.Unknown)):
        targets.resolve(url)


def test_a_public_address_is_called_by_number_under_its_name(monkeypatch):
    resolving(monkeypatch, "93.184.216.34")
    target = targets.resolve("https://hooks.example.com/in?x=1")
    assert (target.address, target.host, target.port, target.path) == (
        "93.184.216.34",
        "hooks.example.com",
        443,
        "/in?x=1",
    )
    with pytest.raises(targets.Forbidden):
        targets.resolve("http://hooks.example.com/")


def test_networks_of_the_house_are_opened_one_by_one(monkeypatch, settings):
    settings.WEBHOOK_NETWORKS = ["10.1.0.0/16", "127.0.0.0/8"]
    resolving(monkeypatch, "10.1.2.3")
    assert targets.resolve("https://erp.house/").address == "10.1.2.3"
    with pytest.raises(targets.Forbidden):
        targets.resolve("http://erp.house/")
    resolving(monkeypatch, "10.2.2.3")
    with pytest.raises(targets.Forbidden):
        targets.resolve("https://erp.house/")
    resolving(monkeypatch, "127.0.0.1")
    assert targets.resolve("http://localhost:8080/").address == "127.0.0.1"


def test_a_name_that_turns_inward_later_is_not_followed(monkeypatch):
    """The look and the connection are one: there is no second resolution to answer differently."""
    asked = []
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def once(*args, **kwargs):
        asked.append(args)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))]

    called = []

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", once)
    monkeypatch.setattr(socket, "create_connection", connect)
    subscription = Subscription(url="https://hooks.example.com/", secret=sending.new_secret())
    answer = sending.send(Delivery(subscription=subscription, payload={}))
    assert answer.error == "connection" and called == [("93.184.216.34", 443)] and len(asked) == 1
