"""A running simulator, the real Twilio client pointed at it, and a clinic that notes every webhook."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from clinic.simulator.server import Handle, start
from clinic.simulator.settings import Tempo

ACCOUNT, TOKEN = "AC" + "0" * 32, "a-token-for-tests"
PATIENT, CLINIC = "+447700900123", "+447700900000"
DEADLINE = 10.0


def until(true: Callable[[], Any]) -> Any:
    """Wait on a condition, never on a clock: the value as soon as it is true, or a failure."""
    end, pause = time.monotonic() + DEADLINE, threading.Event()
    while time.monotonic() < end:
        if value := true():
            return value
        pause.wait(0.005)
    raise AssertionError("it did not come true in time")


@dataclass
class Webhook:
    url: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class ClinicServer:
    """Answers every webhook with `status` and remembers it. `gate` closed holds the answers back."""

    port: int = 0
    status: int = 204
    received: list[Webhook] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        clinic = self
        self.gate.set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
                clinic.received.append(Webhook(clinic.url + self.path, form, dict(self.headers)))
                clinic.gate.wait(DEADLINE)
                self.send_response(clinic.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def statuses(self) -> list[str]:
        return [webhook.form["MessageStatus"] for webhook in self.received if "MessageStatus" in webhook.form]

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()


class Pointed(TwilioHttpClient):
    """Twilio's own client, every request of it sent to another address."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._base), *args, **kwargs)


@dataclass
class Rig:
    """The simulator and whoever talks to it."""

    data: Path
    clinic: ClinicServer
    handle: Handle

    @property
    def url(self) -> str:
        return self.handle.url

    def client(self, *, token: str = TOKEN, timeout: float = DEADLINE) -> Client:
        return Client(ACCOUNT, token, http_client=Pointed(self.url, timeout))

    def text(self, body: str = "Hello", *, timeout: float = DEADLINE, **more: Any) -> Any:
        more = {"to": PATIENT, "from_": CLINIC, "status_callback": f"{self.clinic.url}/status?m=1"} | more
        return self.client(timeout=timeout).messages.create(body=body, **more)

    def sim(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sim/{path}", json=body, timeout=DEADLINE)
        assert answer.ok, answer.text
        return answer.json()

    def fault(self, kind: str, **more: Any) -> None:
        self.sim("POST", "faults", {"kind": kind, **more})

    def accepts(self) -> list[dict[str, Any]]:
        accepts: list[dict[str, Any]] = self.sim("GET", "log")["accepts"]
        return accepts

    def reply(self, body: str, **more: Any) -> str:
        return str(self.sim("POST", "inbound", {"from": PATIENT, "body": body} | more)["sid"])

    def settled(self) -> bool:
        return bool(self.sim("GET", "stats")["pending_events"] == 0)

    def restart(self) -> None:
        self.handle.stop()
        self.handle = begin(self.data, self.clinic.url)


def begin(data: Path, clinic_url: str, *, port: int = 0, **more: Any) -> Handle:
    quick = Tempo(
        listing_lag_least=0, listing_lag_most=0, sent_after=0, delivered_after=0, webhook_retry_after=0.01
    )
    return start(
        port, data, account_sid=ACCOUNT, auth_token=TOKEN, webhook_base_url=clinic_url, tempo=quick, **more
    )
