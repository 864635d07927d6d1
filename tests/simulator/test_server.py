"""Starting, stopping, starting again; and where it must not start at all."""

import ast
import socket
from pathlib import Path

import pytest
import requests

import clinic.simulator
from clinic.simulator import __main__ as command
from clinic.simulator.server import RefusedInProduction
from tests.simulator.rig import ACCOUNT, PATIENT, TOKEN, begin, until

HOME = Path(clinic.simulator.__file__).parent


def test_it_refuses_to_start_in_production(tmp_path, monkeypatch):
    monkeypatch.setenv("CLINIC_ENV", "production")
    with pytest.raises(RefusedInProduction):
        begin(tmp_path / "file.sqlite3", "http://127.0.0.1:9")
    with pytest.raises(RefusedInProduction):
        command.main(
            ["--account-sid", ACCOUNT, "--auth-token", TOKEN, "--data", str(tmp_path / "file.sqlite3")]
        )
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_an_oserror(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError):
            begin(tmp_path / "file.sqlite3", "http://127.0.0.1:9", port=taken.getsockname()[1])


def test_a_restart_keeps_messages_conversations_and_opt_outs(rig, clinic):
    sid = rig.text("before").sid
    until(rig.settled)
    rig.reply("STOP")
    until(rig.settled)

    rig.restart()
    assert rig.client().messages(sid).fetch().status == "delivered"
    assert [text["body"] for text in rig.handle.simulator.phones.search("Okafor")[0].texts][:2] == [
        "before",
        "STOP",
    ]
    with pytest.raises(Exception, match="unsubscribed"):
        rig.text("after")


def test_what_was_still_to_happen_happens_after_a_restart(rig, clinic):
    rig.handle.simulator.carrier.stop()
    sid = rig.text().sid
    rig.handle.stop()
    assert clinic.received == []

    rig.restart()
    assert until(lambda: rig.settled() and clinic.statuses()) == ["sent", "delivered"]
    assert rig.client().messages(sid).fetch().status == "delivered"


def test_a_callback_cut_off_by_a_stop_is_posted_again(rig, clinic):
    clinic.gate.clear()
    rig.text()
    until(lambda: clinic.received)
    rig.handle.simulator.carrier.stop(patience=0)
    rig.handle.stop()
    clinic.gate.set()

    rig.restart()
    until(rig.settled)
    tokens = [webhook.headers["I-Twilio-Idempotency-Token"] for webhook in clinic.received]
    assert clinic.statuses()[:2] == ["sent", "sent"] and tokens[0] == tokens[1]


def test_a_stopped_simulator_answers_nobody_even_on_a_kept_connection(rig):
    with requests.Session() as session:
        assert session.get(f"{rig.url}/_sim/stats", timeout=5).ok
        rig.handle.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{rig.url}/_sim/stats", timeout=5)


def test_stop_may_be_said_twice(rig):
    rig.handle.stop()
    rig.handle.stop()


def test_an_unknown_page_of_the_api_is_an_error_in_twilios_words(rig):
    api = f"{rig.url}/2010-04-01/Accounts/{ACCOUNT}"
    assert requests.get(f"{api}/Calls.json", auth=(ACCOUNT, TOKEN), timeout=5).json()["code"] == 20404
    assert requests.put(f"{api}/Messages.json", auth=(ACCOUNT, TOKEN), timeout=5).json()["code"] == 20004


def test_the_command_reads_phones_and_tempo(monkeypatch):
    assert command._phones([f"{PATIENT}=Mrs Okafor", " ", "+447700900001"]) == (
        (PATIENT, "Mrs Okafor"),
        ("+447700900001", ""),
    )
    assert command._pair("sent_after=0.5") == ("sent_after", 0.5)


@pytest.mark.parametrize("path", sorted(HOME.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_nothing_of_the_clinic(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not any(name.name.split(".")[0] == "clinic" for name in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1 and (node.level == 1 or (node.module or "").split(".")[0] != "clinic")
