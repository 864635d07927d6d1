"""One drill's world: rows to send, a provider of its own process, dispatchers to kill, a web process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import func, or_, select

from clinic.access.models import Clinic
from clinic.columns import blind_index
from clinic.config import Config
from clinic.extensions import db, now, transaction
from clinic.notifications import outbox
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact, ContactKind, Patient
from clinic.viewer import acting_as, system

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "t" * 32, "+447700900000"
FACTS = {"day": "Tue", "date": "24 Nov", "time": "10:30", "venue": "The Hall"}
ALWAYS_OPEN = {str(day): ["00:00", "23:59"] for day in range(7)}
READY_S = 60.0


Process = subprocess.Popen[str]


@dataclass
class Forked:
    """A dispatcher's process; it is the nursery's child, so we only see whether it lives."""

    pid: int

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def stopped(self) -> bool:
        """Whether SIGSTOP holds it."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        except FileNotFoundError:
            return False

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        self.signal(signal.SIGKILL)
        wait_until(lambda: not self.alive, 10)


class World:
    """`scale` shortens lease, timeout and grace together; their ratio is the real one."""

    def __init__(
        self,
        app_of: Callable[[Config], Flask],
        database: Any,
        folder: Path,
        *,
        scale: float,
        in_flight: int = 4,
    ) -> None:
        self.folder, self.in_flight = folder, in_flight
        self.running: list[Process] = []
        self.forked: list[Forked] = []
        self.nursery: Process | None = None
        self.provider_port, self.web_port = free_port(), free_port()
        self.provider_url = f"http://127.0.0.1:{self.provider_port}"
        settings: dict[str, Any] = {
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_from": SENDER,
            "twilio_api_url": self.provider_url,
            "public_base_url": f"http://127.0.0.1:{self.web_port}",
            "delivery_time_scale": scale,
            "sms_in_flight": in_flight,
        }
        self.config: Config = database.config(**settings)
        self.app = app_of(self.config)
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **_as_environment(self.config, settings)}

    # --- rows ---

    def fill(self, count: int, *, first: int = 0, lasts: timedelta = timedelta(hours=2)) -> None:
        """`count` people with a number each, and one text each that is due now at any hour."""
        with self.app.app_context(), acting_as(system("drill")), transaction():
            clinic = db.session.scalars(select(Clinic)).first() or self._clinic()
            for n in range(first, first + count):
                self._text(clinic, n, lasts)

    def _clinic(self) -> Clinic:
        row = Clinic(name="Drill", zone="Europe/London", phone="01632 960000", opening=ALWAYS_OPEN)
        db.session.add(row)
        db.session.flush()
        return row

    def _text(self, clinic: Clinic, n: int, lasts: timedelta) -> None:
        person = Patient(
            clinic_id=clinic.id,
            given_name=f"Person{n}",
            family_name="Drill",
            family_name_index="x",
            family_prefix_index="x",
            birth_date="1950-01-01",
        )
        db.session.add(person)
        db.session.flush()
        number, moment = f"+4477009{n:05d}", now()
        db.session.add(
            Contact(
                clinic_id=clinic.id,
                patient_id=person.id,
                kind=ContactKind.MOBILE,
                value=number,
                value_index=blind_index("phone", number),
                confirmed_on=moment.date(),
            )
        )
        outbox.plan_one(
            patient=person,
            text="reminder",
            purpose="confirmation",  # leaves at any hour, so that drills run at night too
            cause_kind="drill",
            cause_id=n,
            rule="drill",
            due_at=moment,
            expires_at=moment + lasts,
            facts=FACTS,
            now=moment,
        )

    def open_count(self) -> int:
        """Texts that are neither taken, nor given up, nor with a person."""
        undecided = or_(
            Message.state.in_([MessageState.PLANNED, MessageState.SENDING]),
            (Message.state == MessageState.UNKNOWN) & Message.settled_at.is_(None),
        )
        with self.app.app_context(), acting_as(system("drill")):
            return db.session.scalars(select(func.count()).where(undecided).select_from(Message)).one()

    # --- the provider ---

    def start_provider(self, **tempo: float) -> Process:
        given = {
            "listing_lag_least": 0.0,
            "listing_lag_most": 0.5,
            "sent_after": 0.05,
            "delivered_after": 0.1,
        }
        options = [f"--tempo={name}={value}" for name, value in (given | tempo).items()]
        data = str(self.folder / "simulator.sqlite3")
        self.environment["SIMULATOR_INBOUND_URL"] = f"{self.config.public_base_url}/twilio/inbound"
        arguments = ["-m", "clinic.simulator", "--port", str(self.provider_port), "--data", data, *options]
        return self.start(arguments)

    def faults(self, *rules: dict[str, Any]) -> None:
        requests.post(f"{self.provider_url}/_sim/faults", json=list(rules), timeout=10).raise_for_status()

    def heal(self) -> None:
        requests.delete(f"{self.provider_url}/_sim/faults", timeout=10).raise_for_status()

    def accepts(self) -> Iterator[dict[str, Any]]:
        """The journal itself, from the disk: it outlives everybody."""
        [journal] = self.folder.glob("*.jsonl")
        for line in journal.read_text().splitlines():
            yield json.loads(line)

    # --- processes ---

    def start_dispatcher(self, failpoint: str = "", role: str = "dispatcher") -> Forked:
        """A dispatcher of its own process, ready in milliseconds."""
        if self.nursery is None:
            self.nursery = self.start(["-m", "benchmarks.drill.nursery"], stdin=subprocess.PIPE)
        assert self.nursery.stdin and self.nursery.stdout
        self.nursery.stdin.write(f"{role} {failpoint}\n")
        self.nursery.stdin.flush()
        forked = Forked(int(self.nursery.stdout.readline()))
        self.forked.append(forked)
        return forked

    def start_web(self) -> Process:
        """The real application, for callbacks."""
        command = ["-m", "flask", "--app", "wsgi", "run", "--port", str(self.web_port)]
        process = self.start(command, wait=False)
        wait_until(lambda: _answers(self.web_port), READY_S)
        return process

    def start(self, arguments: Sequence[str], wait: bool = True, stdin: int | None = None) -> Process:
        with open(self.folder / "processes.log", "a") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=stdin,
                stdout=subprocess.PIPE if wait else log,
                stderr=log,
                text=True,
            )
        self.running.append(process)
        if wait and process.stdout and not process.stdout.readline():
            said = (self.folder / "processes.log").read_text()[-2000:]
            raise RuntimeError(f"{arguments} did not start:\n{said}")
        return process

    def stop(self) -> None:
        for forked in self.forked:
            forked.kill()
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError when it does not come true."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _as_environment(config: Config, settings: dict[str, Any]) -> dict[str, str]:
    places = ("database_url", "migrations_database_url", "instance_dir")
    return {
        name.upper(): str(getattr(config, name))
        for name in (*places, *settings)
        if name != "twilio_auth_token"
    } | {
        "TWILIO_AUTH_TOKEN": TOKEN,
        "CLINIC_ENV": "demo",
    }
