"""Where a webhook may go: nowhere inside our own network, whatever a name resolves to.

A name is resolved once, and the connection goes to the address that was looked at, so that a name cannot answer
differently the second time. Networks of the house are opened one by one in `settings.WEBHOOK_NETWORKS`.
"""

import socket
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

# Ways to write an IPv4 address as an IPv6 one that a gateway leads back into a private network.
_TRANSLATED = [ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]

# What may be called without TLS, where that is opened.
_HERE = ("localhost", "127.0.0.1", "::1")


class Forbidden(Exception):
    """A webhook must not go there."""


class Unknown(Exception):
    """No such host."""


@dataclass(frozen=True)
class Target:
    """`address` is the numeric address to connect to, `host` the name the certificate must be for."""

    secure: bool
    host: str
    port: int
    path: str
    address: str = ""


def read(url):
    """The Target of an address, not yet resolved. Raises Forbidden for what is no address of a webhook."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden(url) from error
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise Forbidden(url)
    secure = parts.scheme == "https"
    if not secure and parts.hostname not in _HERE:
        raise Forbidden(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, parts.hostname, port or (443 if secure else 80), path)


def resolve(url):
    """The Target of an address, with the numeric address to call. Raises Forbidden or Unknown.

    One forbidden answer among several is enough: which of them a later look would give is not ours to choose.
    """
    target = read(url)
    try:
        answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unknown(target.host) from error
    addresses = list(dict.fromkeys(answer[4][0] for answer in answers))
    if not addresses or not all(allowed(address, target.secure) for address in addresses):
        raise Forbidden(url)
    return Target(target.secure, target.host, target.port, target.path, addresses[0])


def allowed(text, secure):
    """Whether a numeric address may be called: public ones over TLS, and those of networks opened in the settings;
    without TLS only this machine, where that is opened."""
    address = ip_address(text.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    opened = any(address in ip_network(network) for network in settings.WEBHOOK_NETWORKS)
    if not secure:
        return opened and address.is_loopback
    if opened:
        return True
    translated = address.version == 6 and any(address in network for network in _TRANSLATED)
    return address.is_global and not address.is_multicast and not translated
