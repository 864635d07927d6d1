"""One signed notice over the wire: to a public address only, over TLS, once, with a deadline. No database."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import ssl
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECT = 5.0  # seconds
DEADLINE = 10.0  # seconds for the whole exchange
LONGEST_URL = 300
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class BadAddress(ValueError):
    """Why a webhook may not go to this address; the text is for the person who typed it."""


class Target(NamedTuple):
    """A checked address: what to ask for, and where."""

    secure: bool
    host: str
    port: int
    path: str


def target_of(url: str, *, inside: bool) -> Target:
    """The parts of an address. `inside`: plain http and private networks are allowed (demo and tests).

    Raises BadAddress.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadAddress("Enter a whole address, such as https://ehr.example.org/upright") from None
    if parts.scheme not in (("https", "http") if inside else ("https",)) or not host:
        raise BadAddress("The address begins with https://")
    if len(url) > LONGEST_URL or not url.isprintable() or not url.isascii() or " " in url.strip():
        raise BadAddress(f"The address has up to {LONGEST_URL} plain characters and no spaces")
    if parts.username or parts.password or parts.fragment:
        raise BadAddress(
            "Leave out user names, passwords and # in the address: the signature proves who we are"
        )
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    if not inside and port != 443 and port < 1024:
        raise BadAddress("Use port 443, or one above 1023")
    if not inside and _is_literal(host) and not is_public(host):
        raise BadAddress("This is an address of a private network: the notice would never leave ours")
    return Target(secure, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, however it is wrapped."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None or found in NAT64:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def signature(secret: str, body: bytes, moment: int) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a full stop and the body."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def post(
    url: str, body: bytes, *, secret: str, event: str, moment: int, inside: bool, deadline: float = DEADLINE
) -> str | None:
    """Post one notice; None when it was taken (2xx), else why not in one coded word. Never raises.

    The name is looked up once and that very address is connected to, so that an answer which changes between
    the check and the call leads nowhere; a redirect is an answer like any other, and is not followed.
    """
    try:
        target = target_of(url, inside=inside)
        address = _address_of(target, inside=inside)
        wire = socket.create_connection((address, target.port), timeout=min(CONNECT, deadline))
    except BadAddress:
        return "address_not_allowed"
    except TimeoutError:
        return "timeout"
    except OSError as problem:
        return "no_such_host" if isinstance(problem, socket.gaierror) else "no_connection"
    timer = Timer(deadline, _hang_up, (wire,))  # a server that drips its answer is not waited for
    timer.daemon = True
    timer.start()
    try:
        with closing(_connection(target, wire)) as connection:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Upright",
                "Upright-Event": event,
                "Upright-Signature": signature(secret, body, moment),
            }
            connection.request("POST", target.path, body=body, headers=headers)
            status = connection.getresponse().status
    except ssl.SSLError:
        return "bad_certificate"
    except TimeoutError:
        return "timeout"
    except (OSError, HTTPException):
        return "no_answer"
    finally:
        timer.cancel()
        wire.close()
    return None if 200 <= status < 300 else f"http_{status}"


def _address_of(target: Target, *, inside: bool) -> str:
    """The first address of a name, when all of them may be called."""
    found = [
        str(entry[4][0]) for entry in socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    ]
    if not inside and not all(is_public(address) for address in found):
        raise BadAddress("private")
    return found[0]


def _connection(target: Target, wire: socket.socket) -> HTTPConnection:
    """A connection over the socket we opened; over TLS the certificate has to name the host."""
    kind = HTTPSConnection if target.secure else HTTPConnection
    connection = kind(target.host, target.port)
    wire.settimeout(DEADLINE)
    connection.sock = (
        ssl.create_default_context().wrap_socket(wire, server_hostname=target.host) if target.secure else wire
    )
    return connection


def _hang_up(wire: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        wire.shutdown(socket.SHUT_RDWR)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
