"""A notice goes to the open internet only, over TLS, signed, and never further than one answer."""

import hashlib
import hmac
import socket
from collections.abc import Iterator

import pytest

from clinic.referrals import webhook_wire
from clinic.referrals.webhook_wire import BadAddress, is_public, post, signature, target_of
from tests.referrals.listening import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def sent(url: str, *, inside: bool = True, deadline: float = 5.0) -> str | None:
    return post(url, b"{}", secret="s", event="e-1", moment=1, inside=inside, deadline=deadline)


@pytest.mark.parametrize(
    "url",
    [
        "http://ehr.example.org/",
        "ftp://ehr.example.org/",
        "https://",
        "https://user:word@ehr.example.org/",
        "https://ehr.example.org/#part",
        "https://ehr.example.org:22/",
        "https://ehr.example.org:99999/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://ehr.example.org/a b",
        "https://ehr.example.org/" + "a" * 300,
        "just words",
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        target_of(url, inside=False)


def test_a_good_address_keeps_its_port_path_and_query() -> None:
    assert target_of("https://ehr.example.org:8443/in?x=1", inside=False) == (
        True,
        "ehr.example.org",
        8443,
        "/in?x=1",
    )
    assert target_of("http://127.0.0.1:9/", inside=True).secure is False


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
    ]
    + ["::1", "fe80::1", "fc00::1", "::ffff:192.168.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1", "::"],
)
def test_a_private_address_is_seen_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


def test_a_public_address_is_public() -> None:
    assert is_public("8.8.8.8") and is_public("2001:4860:4860::8888")


def test_a_name_that_leads_inside_is_not_called(listener: Listener) -> None:
    port = listener.url.split(":")[2].split("/")[0]
    assert sent(f"https://localhost:{port}/", inside=False) == "address_not_allowed"
    assert listener.bodies == []


def test_the_signature_is_over_the_moment_and_the_body(listener: Listener) -> None:
    assert sent(listener.url) is None
    told = listener.headers[0]["Upright-Signature"]
    assert told == signature("s", b"{}", 1)
    assert told == f"t=1,v1={hmac.new(b's', b'1.{}', hashlib.sha256).hexdigest()}"
    assert listener.headers[0]["Upright-Event"] == "e-1"


def test_a_redirect_is_an_answer_and_is_not_followed(listener: Listener) -> None:
    listener.status = 302
    assert sent(listener.url) == "http_302"
    assert len(listener.bodies) == 1


def test_nobody_there_and_nobody_answering_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert sent(address, deadline=0.2) == "no_answer"
        secure = address.replace("http:", "https:")
        assert sent(secure, deadline=0.2) in ("bad_certificate", "no_answer", "timeout")
    assert sent(address) == "no_connection"
    assert webhook_wire.DEADLINE <= 10
