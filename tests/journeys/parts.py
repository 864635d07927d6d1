"""The service as it runs for real: gunicorn, a Celery worker, beat and the simulator, each a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

HERE = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(found: Callable[[], Any], what: str, seconds: float = 40.0) -> Any:
    """Ask again until there is an answer; a condition, not a pause."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


class Service:
    """All parts on given servers; `with Service(...)` stops them, however the test ends."""

    def __init__(self, folder: Path, *, database_url: str, owner_url: str, redis_url: str) -> None:
        self.folder, self.port, self.simulator_port = folder, free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.handset = f"http://127.0.0.1:{self.simulator_port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "PYTHONPATH")},
            "INSTANCE_DIR": str(folder),
            "DATABASE_URL": database_url,
            "MIGRATIONS_DATABASE_URL": owner_url,
            "REDIS_URL": redis_url,
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "DELIVERY_TIME_SCALE": "0.1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.last_words: dict[str, Any] = {}

    def __enter__(self) -> Service:
        self._settings()
        self.start("simulator", "python", "-m", "clinic.simulator", *self._simulator())
        self.start("web", "gunicorn", "-b", f"127.0.0.1:{self.port}", "-w", "2", "wsgi:app")
        self.start("worker", "celery", "-A", "wsgi:celery_app", "worker", "-P", "solo", "-l", "WARNING")
        self.start("beat", "celery", "-A", "wsgi:celery_app", "beat", "-s", str(self.folder / "beat"))
        try:
            until(lambda: self.ready().get("status") == "ok", "every part is ready", seconds=90)
        except AssertionError as late:
            self.__exit__()
            logs = {p.stem: p.read_text()[-1500:] for p in self.folder.glob("*.log")}
            raise AssertionError(f"{late}: {self.last_words}, {logs}") from None
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def start(self, name: str, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [str(BIN / program), *arguments],
            cwd=HERE,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        return self.processes[name]

    def restart(self, name: str) -> None:
        arguments = [str(a) for a in self.processes[name].args]  # type: ignore[union-attr]
        self.start(name, Path(arguments[0]).name, *arguments[1:])

    def kill(self, name: str) -> None:
        """kill -9, the whole group, as a machine that loses its power would."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def flask(self, *arguments: str, stdin: str = "", seconds: float = 120) -> str:
        done = subprocess.run(
            [str(BIN / "flask"), *arguments],
            cwd=HERE,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ready(self) -> dict[str, Any]:
        try:
            self.last_words = requests.get(self.base + "/readyz", timeout=5).json()
        except requests.RequestException as problem:
            self.last_words = {"status": str(problem)}
        return self.last_words

    def accepted(self, to: str | None = None) -> list[dict[str, Any]]:
        """What the stand-in for Twilio took, in order."""
        answer = requests.get(self.handset + "/_sim/log", params={"to": to} if to else {}, timeout=5)
        return answer.json()["accepts"]

    def reply(self, from_number: str, body: str) -> None:
        """The patient types an answer."""
        sent = {"from": from_number, "body": body}
        requests.post(self.handset + "/_sim/inbound", json=sent, timeout=20).raise_for_status()

    def _settings(self) -> None:
        from clinic.config import kept_keys

        self.keys = kept_keys(self.folder)

    def _simulator(self) -> list[str]:
        return [
            "--port", str(self.simulator_port),
            "--data", str(self.folder / "simulator.sqlite3"),
            "--account-sid", self.keys["twilio_account_sid"],
            "--auth-token", self.keys["twilio_auth_token"],
            "--inbound-url", f"{self.base}/twilio/inbound",
        ]  # fmt: skip
