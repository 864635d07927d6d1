"""Start and stop the simulator, in a thread of this process."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from . import admin, api, handset
from .answers import problem
from .contract import API_VERSION
from .settings import DEFAULT_SENDER, Phones, Settings, Tempo
from .simulator import Simulator
from .wire import Server


class RefusedInProduction(RuntimeError):
    """Real patients are never texted by a simulator."""


@dataclass
class Handle:
    """A running simulator: `url` is both the API's base and the handset's page."""

    url: str
    simulator: Simulator
    _server: Server
    _thread: threading.Thread

    def stop(self) -> None:
        """Take no more requests, close every connection, keep the files. Safe to call twice."""
        if not self.simulator.stopping.is_set():
            self.simulator.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._thread.join()
            self.simulator.stop()

    def name_phones(self, phones: Phones) -> None:
        """Put (number, label) phones on the page, or rename them, while it runs."""
        self.simulator.phones.name(phones)

    def wait(self) -> None:
        self._thread.join()


def start(
    port: int,
    data_path: Path | str,
    *,
    account_sid: str,
    auth_token: str,
    webhook_base_url: str,
    host: str = "127.0.0.1",
    phones: Phones = (),
    sender: str = DEFAULT_SENDER,
    inbound_url: str | None = None,
    tempo: Tempo | None = None,
) -> Handle:
    """Serve Twilio's API and the handsets on this port (0 = any free one) until stopped.

    `data_path` is the simulator's own SQLite file; the journal of accepts lies beside it. Replies go to
    `inbound_url`, by default `/twilio/inbound` under `webhook_base_url`. Raises RefusedInProduction, and
    OSError when the port is taken.
    """
    if os.environ.get("CLINIC_ENV") == "production":
        raise RefusedInProduction("the SMS simulator does not run where CLINIC_ENV is production")
    inbound = inbound_url or f"{webhook_base_url.rstrip('/')}/twilio/inbound"
    settings = Settings(account_sid, auth_token, inbound, Path(data_path), sender, tuple(phones))
    app = Flask(__name__)
    server = Server(host, port, app.wsgi_app)
    try:
        simulator = Simulator(settings, tempo or Tempo())
    except BaseException:
        server.server_close()
        raise
    _dress(app, simulator)
    simulator.carrier.start()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return Handle(f"http://{host}:{server.server_address[1]}", simulator, server, thread)


def _dress(app: Flask, simulator: Simulator) -> None:
    app.extensions["simulator"] = simulator
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for room in (api, admin, handset):
        app.register_blueprint(room.bp)
    app.register_error_handler(HTTPException, _in_twilios_words)


def _in_twilios_words(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith(f"/{API_VERSION}/"):
        return error
    return problem({404: 20404, 405: 20004}.get(error.code or 500, 20500), status=error.code)
