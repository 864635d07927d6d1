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
from clinic.notifications.timing import Timing
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system
from clinic.worklist.models import CallListEntry

TAKEN = {MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED}
BREACHES = ("lost", "twice", "stale", "wrong", "untrue", "late")
SEEN = {MessageState.REFUSED, MessageState.SUPPRESSED, MessageState.PARKED, MessageState.SUPERSEDED}


@dataclass
class Verdict:
    """What became of every message; every list of BREACHES must be empty."""

    messages: int = 0
    accepted: int = 0
    stopped: int = 0  # not sent, and it says why: the patient said STOP, the provider refused it
    handed_over: int = 0  # unknown, on the call list: a person settles it
    needless: int = 0  # ... though the provider has it: its callbacks were lost and its listing too late
    lost: list[str] = field(default_factory=list)  # I1: neither taken, nor said why not, nor with a person
    twice: list[str] = field(default_factory=list)  # I2
    stale: list[str] = field(default_factory=list)  # I3: accepted after its news was stale
    wrong: list[str] = field(default_factory=list)  # I4: to another number than hers
    untrue: list[str] = field(default_factory=list)  # I5: the database says otherwise than the provider
    late: list[str] = field(default_factory=list)  # P2: long after all is well, something still waits

    @property
    def breaches(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in BREACHES if getattr(self, name)}

    @property
    def row(self) -> dict[str, int]:
        counts = {name: getattr(self, name) for name in ("messages", "accepted", "stopped", "handed_over")}
        return {**counts, "needless": self.needless, **{name: len(getattr(self, name)) for name in BREACHES}}


def judge(accepts: Iterable[Mapping[str, Any]], changes: Mapping[str, float] | None = None) -> Verdict:
    """Hold every message against every accept; the caller has an app context and nothing runs any more.

    `changes`: numbers that may not be texted any more, and since when; what was claimed before may arrive
    until the lease is over.
    """
    taken: dict[str, list[Mapping[str, Any]]] = {}
    for accept in accepts:
        taken.setdefault(_ours(accept), []).append(accept)
    verdict = Verdict()
    with acting_as(system("judge")):
        numbers = dict(db.session.execute(select(Contact.patient_id, Contact.value)).all())
        called = set(db.session.scalars(select(CallListEntry.cause_id)))
        for message in db.session.scalars(select(Message).order_by(Message.id)):
            gone = {number: since + Timing.load().lease for number, since in (changes or {}).items()}
            _hold(verdict, message, taken.pop(message.public_id, []), numbers, called, gone)
    verdict.untrue += [f"an accept for no message: {public_id}" for public_id in taken]
    return verdict


def _hold(
    verdict: Verdict,
    message: Message,
    accepts: list[Mapping[str, Any]],
    numbers: Mapping[int, str],
    called: set[int],
    gone: Mapping[str, float],
) -> None:
    name = f"message {message.id} ({message.state.value}, {message.reason})"
    verdict.messages += 1
    verdict.accepted += bool(accepts)
    if len(accepts) > 1:
        verdict.twice.append(name)
    for accept in accepts:
        if accept["wall"] > message.expires_at.timestamp() + 1:
            verdict.stale.append(name)
        theirs = accept["to"] == numbers.get(message.patient_id or 0) or accept["to"] in gone
        if not theirs or accept["wall"] > gone.get(accept["to"], accept["wall"]):
            verdict.wrong.append(name)
    if message.state is MessageState.UNKNOWN and message.settled_at and message.id in called:
        verdict.handed_over += 1
        verdict.needless += bool(accepts)
    elif message.state in SEEN:
        verdict.stopped += 1
        if accepts:
            verdict.untrue.append(name)
    elif message.state not in TAKEN:
        verdict.lost.append(name)
    elif not accepts:
        verdict.untrue.append(name)
    if message.sid and message.sid not in [accept["sid"] for accept in accepts]:
        verdict.untrue.append(f"{name}: another's sid")


def _ours(accept: Mapping[str, Any]) -> str:
    return parse_qs(urlsplit(str(accept["callback"])).query).get("m", [""])[0]


def states() -> Counter[str]:
    """How many messages are in each state."""
    with acting_as(system("judge")):
        return Counter(state.value for state in db.session.scalars(select(Message.state)))
