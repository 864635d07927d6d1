import logging
import socket
import ssl
import threading
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clinic.notifications import failpoints, gateway, tasks
from clinic.notifications.gateway import Gateway, gateway_for
from clinic.notifications.outcomes import NOT_POSTED, Accepted, Later, Parcel, Refused
from clinic.notifications.single_flight import single_flight
from clinic.notifications.timing import ticking
from tests.notifications.conftest import NOON


def parcel(**changes):
    given = {
        "id": 1,
        "public_id": "00000000-0000-4000-8000-000000000000",
        "attempt": 1,
        "channel": "sms",
        "to": "+447700900001",
        "body": "Hello",
        "sender": "",
        "deadline": ticking() + 60,
        "stale_at": ticking() + 99_999,
        "claimed_at": NOON,
    }
    return Parcel(**{**given, **changes})


def config_of(wired, **changes):
    return wired.app.extensions["upright_config"].model_copy(update=changes)


def test_many_threads_share_one_client_that_was_whole_before_it_was_seen(wired):
    config, built = config_of(wired), []
    threads = [
        threading.Thread(target=lambda: built.append(gateway_for(config, timeout=1, threads=32)))
        for _ in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, built))) == 1


def test_the_environment_decides_nothing(wired, monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    outcome = Gateway(config_of(wired), timeout=5, threads=2).send(parcel())
    assert isinstance(outcome, Accepted)


def test_a_clinics_own_sender_is_used(wired):
    Gateway(config_of(wired), timeout=5, threads=2).send(parcel(sender="+447700900555"))
    assert [a["from"] for a in wired.provider.simulator.journal.read()] == ["+447700900555"]


@pytest.mark.parametrize("passed", ["deadline", "stale_at"])
def test_what_is_too_late_when_the_connection_stands_does_not_leave(wired, passed):
    outcome = Gateway(config_of(wired), timeout=5, threads=2).send(parcel(**{passed: ticking() - 0.01}))
    assert outcome == NOT_POSTED
    assert list(wired.provider.simulator.journal.read()) == []


def test_validity_ends_with_the_news_and_within_the_providers_limit(wired):
    sender = Gateway(config_of(wired), timeout=5, threads=2)
    sender.send(parcel(stale_at=ticking() + 90.5))
    sender.send(parcel())
    given = [int(a["parameters"]["ValidityPeriod"]) for a in wired.provider.simulator.journal.read()]
    assert given == [90, 36_000]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"twilio_api_url": "http://127.0.0.1:1"}, Later("no_connection")),
        ({"twilio_api_url": "http://nowhere.invalid"}, Later("no_connection")),
        ({"twilio_account_sid": "AC" + "1" * 32}, Later("provider_refuses_us")),
    ],
)
def test_what_never_reached_the_provider_is_tried_later(wired, monkeypatch, changes, outcome):
    if "invalid" in str(changes):

        def no_such_name(*given):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert Gateway(config_of(wired, **changes), timeout=5, threads=2).send(parcel()) == outcome


def test_a_code_nobody_knows_yet_is_a_refusal(wired):
    wired.provider.simulator.faults.add([{"kind": "refuse", "code": 29999}])
    assert Gateway(config_of(wired), timeout=5, threads=2).send(parcel()) == Refused("29999")


def test_the_clients_chatter_is_silent():
    assert gateway.logging.getLogger("twilio.http_client").level == logging.WARNING


def test_a_failpoint_is_refused_in_production(wired, monkeypatch):
    from clinic.config import Config

    monkeypatch.setenv(failpoints.VARIABLE, "after_claim")
    failpoints.refuse_in_production()
    monkeypatch.setattr(Config, "demo", property(lambda config: False))
    with pytest.raises(failpoints.RefusedInProduction):
        failpoints.refuse_in_production()


@pytest.mark.both_databases
def test_a_task_runs_once_at_a_time(wired):
    wired.plan(wired.patient())
    with single_flight("messages.deliver") as first:
        assert first
        tasks.deliver()  # comes second, leaves
        with single_flight("messages.deliver") as second:
            assert not second
    with single_flight("messages.deliver") as again:
        assert again


def test_a_provider_whose_certificate_nobody_vouches_for_is_told_nothing(wired, tmp_path):
    certified = _self_signed(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heard = []

        def answer():
            line, _ = listening.accept()
            with suppress(ssl.SSLError), certified.wrap_socket(line, server_side=True) as secured:
                heard.append(secured.recv(1))

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        outcome = Gateway(config_of(wired, twilio_api_url=url), timeout=5, threads=2).send(parcel())
        thread.join()
    assert (outcome, heard) == (Later("bad_certificate"), [])


def _self_signed(folder):
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(NOON.replace(year=2020))
        .not_valid_after(NOON.replace(year=2120))
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *plain))
    (folder / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
