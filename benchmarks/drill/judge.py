"""What must hold after a drill, from the provider's journal and the database: the invariants of P1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from clinic.extensions import db
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system
from clinic.worklist.models import CallListEntry

TAKEN = {MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED}
SEEN = {MessageState.REFUSED, MessageState.SUPPRESSED, MessageState.PARKED, MessageState.SUPERSEDED}


@dataclass
class Verdict:
    """Counts of breaches; all but `handed_over` must be zero."""

    messages: int = 0
    accepted: int = 0
    handed_over: int = 0  # unknown, on the call list: a person settles it
    lost: list[str] = field(default_factory=list)  # I1: neither taken, nor said why not, nor with a person
    twice: list[str] = field(default_factory=list)  # I2
    stale: list[str] = field(default_factory=list)  # I3: accepted after its news was stale
    wrong: list[str] = field(default_factory=list)  # I4: to another number than hers
    untrue: list[str] = field(default_factory=list)  # I5: the database says otherwise than the provider

    @property
    def breaches(self) -> dict[str, int]:
        found = {name: len(getattr(self, name)) for name in ("lost", "twice", "stale", "wrong", "untrue")}
        return {name: count for name, count in found.items() if count}

    @property
    def row(self) -> dict[str, int]:
        names = ("lost", "twice", "stale", "wrong", "untrue")
        counts = {name: len(getattr(self, name)) for name in names}
        return {
            "messages": self.messages,
            "accepted": self.accepted,
            "handed_over": self.handed_over,
            **counts,
        }


def judge(accepts: Iterable[Mapping[str, Any]]) -> Verdict:
    """Hold every message against every accept; the caller has an app context and nothing runs any more."""
    taken: dict[str, list[Mapping[str, Any]]] = {}
    for accept in accepts:
        taken.setdefault(_ours(accept), []).append(accept)
    verdict = Verdict()
    with acting_as(system("judge")):
        numbers = dict(db.session.execute(select(Contact.patient_id, Contact.value)).all())
        called = set(db.session.scalars(select(CallListEntry.cause_id)))
        for message in db.session.scalars(select(Message).order_by(Message.id)):
            _hold(verdict, message, taken.pop(message.public_id, []), numbers, called)
    verdict.untrue += [f"an accept for no message: {public_id}" for public_id in taken]
    return verdict


def _hold(
    verdict: Verdict,
    message: Message,
    accepts: list[Mapping[str, Any]],
    numbers: Mapping[int, str],
    called: set[int],
) -> None:
    name = f"message {message.id} ({message.state.value}, {message.reason})"
    verdict.messages += 1
    verdict.accepted += bool(accepts)
    if len(accepts) > 1:
        verdict.twice.append(name)
    for accept in accepts:
        if accept["wall"] > message.expires_at.timestamp() + 1:
            verdict.stale.append(name)
        if accept["to"] != numbers.get(message.patient_id or 0):
            verdict.wrong.append(name)
    if message.state is MessageState.UNKNOWN and message.settled_at and message.id in called:
        verdict.handed_over += 1
    elif message.state not in TAKEN | SEEN:
        verdict.lost.append(name)
    elif (message.state in TAKEN) != bool(accepts):
        verdict.untrue.append(name)
    if message.sid and message.sid not in [accept["sid"] for accept in accepts]:
        verdict.untrue.append(f"{name}: another's sid")


def _ours(accept: Mapping[str, Any]) -> str:
    return parse_qs(urlsplit(str(accept["callback"])).query).get("m", [""])[0]


def states() -> Counter[str]:
    """How many messages are in each state."""
    with acting_as(system("judge")):
        return Counter(state.value for state in db.session.scalars(select(Message.state)))
