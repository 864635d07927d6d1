"""The journal is the truth a drill is judged by: complete, ordered, on disk before the answer."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest
import requests

from clinic.simulator.journal import Journal
from tests.simulator.rig import ACCOUNT, CLINIC, PATIENT, TOKEN, until


def lines(data):
    return [json.loads(line) for line in data.with_suffix(".accepts.jsonl").read_text().splitlines()]


def test_every_accept_is_a_line_with_what_was_asked_and_answered(rig, clinic):
    sid = rig.text("Tuesday", validity_period=900).sid

    (line,) = lines(rig.data)
    assert (line["seq"], line["sid"], line["to"], line["from"], line["body"]) == (
        1,
        sid,
        PATIENT,
        CLINIC,
        "Tuesday",
    )
    assert line["body_sha256"] == hashlib.sha256(b"Tuesday").hexdigest()
    assert (line["callback"], line["reply"]) == (f"{clinic.url}/status?m=1", "201")
    assert line["parameters"]["ValidityPeriod"] == "900"
    assert line["wall"] > 1e9 and line["monotonic"] > 0


def test_the_log_is_the_journal_in_order_and_can_be_read_on_from_a_number(rig):
    sids = [rig.text(f"{number}").sid for number in range(3)]

    assert [accept["sid"] for accept in rig.accepts()] == sids
    assert [accept["sid"] for accept in rig.sim("GET", "log?after=1")["accepts"]] == sids[1:]
    assert rig.sim("GET", "log?to=%2B447700900456") == {"accepts": []}


def test_an_accept_is_on_disk_before_it_is_answered(rig, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (synced.append(len(lines(rig.data))), real(number))[1])
    rig.text()
    assert synced == [1]


def test_an_accept_that_cannot_be_written_is_answered_as_an_error(rig, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="HTTP 500"):
        rig.text()
    assert rig.client().messages.list() == []


def test_many_writers_at_once_get_one_number_each(tmp_path):
    journal = Journal(tmp_path / "accepts.jsonl")
    start = threading.Barrier(16)

    def write():
        start.wait()
        for _ in range(25):
            journal.append({"sid": "x"})

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [accept["seq"] for accept in journal.read()] == list(range(1, 401))


def test_a_line_cut_short_by_a_kill_is_left_out_and_written_over(tmp_path):
    path = tmp_path / "accepts.jsonl"
    Journal(path).append({"sid": "whole"})
    with path.open("ab") as file:
        file.write(b'{"seq": 2, "sid": "ha')

    journal = Journal(path)
    journal.append({"sid": "next"})
    assert [(accept["seq"], accept["sid"]) for accept in journal.read()] == [(1, "whole"), (2, "next")]


def test_an_accept_that_only_the_journal_knows_is_kept_at_the_next_start(rig):
    sid = rig.text().sid
    rig.handle.stop()
    with sqlite3.connect(rig.data) as file:
        file.execute("DELETE FROM messages")
        file.execute("DELETE FROM events")
        file.execute("DELETE FROM kept")

    rig.restart()
    assert until(lambda: rig.client().messages(sid).fetch().status == "delivered")


def test_a_deleted_message_does_not_come_back_at_the_next_start(rig):
    context = rig.client().messages(rig.text().sid)
    until(lambda: context.fetch().status == "delivered")
    context.delete()

    rig.restart()
    assert rig.client().messages.list() == []


def own_process(data):
    options = {
        "--port": "0",
        "--data": str(data),
        "--account-sid": ACCOUNT,
        "--auth-token": TOKEN,
        "--inbound-url": "http://127.0.0.1:9/inbound",
        "--phone": f"{PATIENT}=Mrs Okafor",
    }
    words = [word for option in options.items() for word in option]
    instant = ["--tempo", "listing_lag_least=0", "--tempo", "listing_lag_most=0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "clinic.simulator", *words, *instant],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"CLINIC_ENV": "demo"},
    )
    return process, process.stdout.readline().strip()


def test_an_accept_outlives_kill_9_of_a_process_that_never_answered(tmp_path):
    data = tmp_path / "own.sqlite3"
    process, url = own_process(data)
    requests.post(f"{url}/_sim/faults", json={"kind": "hang", "seconds": 600}, timeout=5)
    api = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": PATIENT, "From": CLINIC, "Body": "Tuesday"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(url + api, data=form, auth=(ACCOUNT, TOKEN), timeout=1)
    process.send_signal(signal.SIGKILL)
    process.wait()

    (accept,) = lines(data)
    process, url = own_process(data)
    listed = requests.get(url + api, auth=(ACCOUNT, TOKEN), timeout=5).json()["messages"]
    assert [message["sid"] for message in listed] == [accept["sid"]]
    assert "Mrs Okafor" in requests.get(url, timeout=5).text
    process.terminate()
    assert process.wait() == 0
