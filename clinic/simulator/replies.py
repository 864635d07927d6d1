"""What a phone writes back: posted to the clinic, and STOP, START and HELP heard by the carrier first."""

from __future__ import annotations

import time
from uuid import uuid4

from .messages import Messages, add_events
from .phones import Phones
from .plan import Event
from .settings import Settings
from .store import Store

OPT_OUT = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
OPT_IN = frozenset(("START", "YES", "UNSTOP"))
HELP = frozenset(("HELP", "INFO"))
CARRIER_SAYS = {
    "STOP": "Carrier: no more texts will come from this number. Reply START to have them again.",
    "START": "Carrier: texts from this number will come again. Reply STOP to end them.",
    "HELP": "Carrier: reply STOP to get no more texts from this number.",
}


def opt_out_type(body: str) -> str | None:
    """STOP, START or HELP when the whole text is one of Twilio's words, in any case; else None."""
    word = body.strip().upper()
    return next((kind for kind, words in _WORDS if word in words), None)


_WORDS = (("STOP", OPT_OUT), ("START", OPT_IN), ("HELP", HELP))


class Replies:
    def __init__(self, settings: Settings, store: Store, messages: Messages, phones: Phones) -> None:
        self._settings, self._store, self._messages, self._phones = settings, store, messages, phones

    def send(self, number: str, body: str, *, times: int = 1) -> str:
        """A text from this phone to the last sender that wrote to it; `times` > 1 posts the same one again.

        Returns its sid. The webhook goes out even after STOP, as Twilio's does.
        """
        clinic, service = self._phones.writes_to(number) or (self._settings.sender, None)
        with self._store.transaction() as db:
            sid = self._messages.add_other(
                direction="inbound", sender=number, recipient=clinic, service=service, body=body
            )
            self._phones.keep(number, body=body, mine=True, other=clinic, service=service)
            self._carrier_hears(number, clinic, service, body)
            event = Event("inbound", "received", time.time(), token=str(uuid4()))
            add_events(db, sid, [event] * times)
        return sid

    def is_opted_out(self, number: str, *, sender: str | None, service: str | None) -> bool:
        """An opt-out holds for one sender, or for every sender of one messaging service."""
        sql = "SELECT 1 FROM opt_outs WHERE number = ? AND scope = ?"
        return self._store.one(sql, number, service or sender) is not None

    def _carrier_hears(self, number: str, clinic: str, service: str | None, body: str) -> None:
        heard = opt_out_type(body)
        if heard is None:
            return
        change = {
            "STOP": "INSERT INTO opt_outs (number, scope) VALUES (?, ?) ON CONFLICT DO NOTHING",
            "START": "DELETE FROM opt_outs WHERE number = ? AND scope = ?",
        }.get(heard)
        with self._store.transaction() as db:
            changed = change is None or db.execute(change, (number, service or clinic)).rowcount
            if changed:
                says = CARRIER_SAYS[heard]
                self._messages.add_other(
                    direction="outbound-reply", sender=clinic, recipient=number, service=service, body=says
                )
                self._phones.keep(number, body=says, mine=False, other=clinic, service=service)
