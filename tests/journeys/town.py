"""The demo's clinic served in this process, and the patients' phones beside it; time may be moved."""

from __future__ import annotations

import threading
from typing import Any

import requests
from werkzeug.serving import make_server

from clinic.demo import place
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import delivery, outbox
from clinic.simulator import server
from clinic.viewer import acting_as, system
from tests import demo_house as house
from tests.journeys import story
from tests.journeys.pages import Person, over_http
from tests.journeys.parts import free_port, until

OKAFOR = "+447700900123"


class Town:
    """One clinic, its pages over HTTP, and its phones; `with Town(...)` takes it down again."""

    def __init__(self, make_app: Any, folder: Any) -> None:
        port, phone_port = free_port(), free_port()
        self.base, self.handset = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{phone_port}"
        self.app = make_app(port=port, public_base_url=self.base, twilio_api_url=self.handset)
        config = self.app.extensions["upright_config"]
        self._phones = server.start(
            phone_port,
            folder / "phones.sqlite3",
            account_sid=config.twilio_account_sid,
            auth_token=config.twilio_auth_token.get_secret_value(),
            webhook_base_url=self.base,
        )
        self._web = make_server("127.0.0.1", port, self.app, threaded=True)
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        with self.app.app_context(), acting_as(system("test")) as by:
            place.build(now=clock(), starts_on=clock().date(), by=by)

    def __enter__(self) -> Town:
        return self

    def __exit__(self, *error: object) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._phones.stop()

    def person(self, email: str) -> Person:
        return story.sign_in(Person(over_http(self.base)), email, house.PASSWORD)

    def post_office_works(self) -> None:
        """What worker and beat do every few seconds: plan, then deliver what is due."""
        with self.app.app_context():
            outbox.plan(clock())
            delivery.drain()

    def texts(self, to: str = OKAFOR) -> list[str]:
        """Every body that phone was sent, in order."""
        self.post_office_works()
        answer = requests.get(self.handset + "/_sim/log", params={"to": to}, timeout=10)
        return [row["body"] for row in answer.json()["accepts"]]

    def replies(self, body: str, sender: str = OKAFOR) -> str:
        """Text the clinic; what is answered."""
        before = len(self.texts(sender))
        sent = {"from": sender, "body": body}
        requests.post(self.handset + "/_sim/inbound", json=sent, timeout=20).raise_for_status()
        return until(lambda: self.texts(sender)[before:], f"an answer to {body}")[-1]

    def rows(self, query: Any) -> list[Any]:
        """What the database holds, whoever is asking."""
        with self.app.app_context(), acting_as(system("test")):
            return list(db.session.scalars(query))
