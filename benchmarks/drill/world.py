"""One drill's world: rows to send, a provider of its own process, dispatchers to kill, a web process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import requests
from flask import Flask
from sqlalchemy import ColumnElement, func, or_, select

from benchmarks.drill import people
from benchmarks.drill.machines import Redis
from benchmarks.drill.processes import Forked, Process, answers, free_port, wait_until
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
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), Path("/nonexistent"))


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
        with_redis: bool = False,
    ) -> None:
        self.folder, self.in_flight = folder, in_flight
        self.running: list[Process] = []
        self.forked: list[Forked] = []
        self.nurseries: dict[str, Process] = {}
        self.web: Forked | None = None
        self.changes: dict[str, float] = {}  # a number that may not be texted any more, since when
        self.odd_clock = folder / "clock" if FAKETIME.exists() else None
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
        if with_redis:
            self.redis = Redis(folder, free_port())
            settings["redis_url"] = self.redis.url
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

    def change_some(self, chance: Random, *, first: int, count: int) -> None:
        """A few of these people stop their texts or have a new number, while their text is under way."""
        for n in range(first, first + count):
            drawn = chance.random()
            if drawn < 0.05:
                with self.app.app_context():
                    self.changes[f"+4477009{n:05d}"] = people.change(n, stop=drawn < 0.02)

    def open_count(self, *, doubts: bool = True) -> int:
        """Texts that are neither taken, nor given up, nor with a person; with those in doubt, or without."""
        undecided: ColumnElement[bool] = Message.state.in_([MessageState.PLANNED, MessageState.SENDING])
        if doubts:
            in_doubt = (Message.state == MessageState.UNKNOWN) & Message.settled_at.is_(None)
            undecided = or_(undecided, in_doubt)
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

    def used_faults(self, *kinds: str) -> int:
        """How often these bit a text so far."""
        rules = requests.get(f"{self.provider_url}/_sim/faults", timeout=10).json()["faults"]
        return sum(rule["used"] for rule in rules if rule["kind"] in kinds and rule["on"] == "create")

    def heal(self) -> None:
        requests.delete(f"{self.provider_url}/_sim/faults", timeout=10).raise_for_status()

    def accepts(self) -> Iterator[dict[str, Any]]:
        """The journal itself, from the disk: it outlives everybody."""
        [journal] = self.folder.glob("*.jsonl")
        for line in journal.read_text().splitlines():
            yield json.loads(line)

    # --- processes ---

    def start_dispatcher(
        self, failpoint: str = "", role: str = "dispatcher", nursery: str = "true"
    ) -> Forked:
        """A dispatcher of its own process, ready in milliseconds; of the odd nursery, with an odd clock."""
        mother = self.nurseries.get(nursery) or self._nursery(nursery)
        assert mother.stdin and mother.stdout
        mother.stdin.write(f"{role} {failpoint}\n")
        mother.stdin.flush()
        forked = Forked(int(mother.stdout.readline()))
        self.forked.append(forked)
        return forked

    def _nursery(self, name: str) -> Process:
        more = {}
        if name == "odd":
            assert self.odd_clock is not None
            more = {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.odd_clock),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        mother = self.start(["-m", "benchmarks.drill.nursery"], stdin=subprocess.PIPE, more=more)
        self.nurseries[name] = mother
        return mother

    def start_web(self) -> Forked:
        """The real application, for callbacks."""
        self.web = self.start_dispatcher(str(self.web_port), role="web")
        wait_until(lambda: answers(self.web_port), READY_S)
        return self.web

    def kill_web(self) -> None:
        if self.web is not None:
            self.web.kill()

    def start_celery(self) -> None:
        """A worker and two beats of the product's own timetable, on the drill's Redis."""
        self.start_celery_worker("wsgi:celery_app", "--concurrency=1")
        for n in (1, 2):
            beat = ["beat", f"--schedule={self.folder}/beat{n}", "--pidfile="]
            self.start(["-m", "celery", "-A", "wsgi:celery_app", *beat], wait=False)

    def start_celery_worker(self, application: str, *options: str) -> Process:
        """A real worker with real child processes; returns at once."""
        plain = ["--loglevel=WARNING", "--without-mingle", "--without-gossip"]
        return self.start(["-m", "celery", "-A", application, "worker", *options, *plain], wait=False)

    def kill_with_children(self, process: Process) -> None:
        """SIGKILL to a process and to those it started."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for pid in (process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def start(
        self,
        arguments: Sequence[str],
        wait: bool = True,
        stdin: int | None = None,
        more: dict[str, str] | None = None,
    ) -> Process:
        with open(self.folder / "processes.log", "a") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment | (more or {}),
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
        if hasattr(self, "redis"):
            self.redis.kill()


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
