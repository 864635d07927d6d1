"""The last look before a text leaves: is it still due, still wanted, still in time, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateError

from clinic.access import terms
from clinic.extensions import wiring
from clinic.notifications import wording
from clinic.notifications.models import Message
from clinic.notifications.outbox import NotDue
from clinic.notifications.recipients import Recipient, Recipients
from clinic.notifications.rules import window, wishes
from clinic.notifications.rules.window import Purpose
from clinic.notifications.timing import Timing

Facts = dict[str, Any] | NotDue
BEFORE_CONFIRMED = frozenset(
    {Purpose.NUMBER_CHECK, Purpose.ANSWER, Purpose.SAFETY}  # nothing clinical in them
)
LEAST_LEFT = timedelta(seconds=5)  # the provider's shortest useful validity


@dataclass(frozen=True)
class Send:
    """Leaves now."""

    recipient: Recipient
    body: str
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Drop:
    """Will not leave; `call` says whether somebody should ring instead."""

    reason: str
    call: bool = False
    parked: bool = False


@dataclass(frozen=True)
class Hold:
    """Not now: looked at again at `until`."""

    until: datetime
    reason: str


Verdict = Send | Drop | Hold


def facts_for(messages: Sequence[Message]) -> dict[int, Facts]:
    """What each body needs, by message id: one query a cause kind, from the room that owns the cause."""
    providers, found = wiring().FACTS, {}
    kinds = {m.cause_kind for m in messages}
    for kind in kinds:
        about = [m for m in messages if m.cause_kind == kind]
        known = providers[kind](sorted({m.cause_id for m in about})) if kind in providers else None
        for message in about:
            own = message.facts or {}
            given = {} if known is None else known.get(message.cause_id, NotDue("gone"))
            found[message.id] = given if isinstance(given, NotDue) else {**given, **own}
    return found


@dataclass(frozen=True)
class Look:
    """One look at a batch: its people, the moment, and whether hours count."""

    people: Recipients
    now: datetime
    timing: Timing
    any_hour: bool = False

    def judge(self, message: Message, facts: Facts) -> Verdict:
        """One verdict a message; nothing that is no longer due ever becomes a call."""
        recipient = self.people.of(message)
        if recipient.why_not in ("died", "merged"):
            return Drop(recipient.why_not)
        if isinstance(facts, NotDue):
            return Drop(facts.reason)
        if message.expires_at - self.now < LEAST_LEFT:
            return Drop("expired")  # old news: after an outage or a restored backup nobody is rung about it
        if recipient.why_not:
            return Drop(recipient.why_not, call=True)
        return (
            self._out_of_hours(message, facts)
            or self._unconfirmed(message, recipient)
            or self._left_out(message)
            or self._over_the_cap(message, recipient)
            or _written(message, facts, self.people, recipient)
        )

    def _out_of_hours(self, message: Message, facts: dict[str, Any]) -> Verdict | None:
        purpose, start, zone = Purpose(message.purpose), facts.get("starts_at"), self.people.zone(message)
        if self.any_hour or window.is_allowed(self.now, purpose, zone, start):
            return None
        opens = window.next_allowed(self.now, purpose, zone, start)
        return Hold(opens, "window") if opens < message.expires_at else Drop("expired", call=True)

    def _unconfirmed(self, message: Message, recipient: Recipient) -> Verdict | None:
        clinical = Purpose(message.purpose) not in BEFORE_CONFIRMED and message.recipient_kind == "patient"
        if recipient.confirmed or not clinical:
            return None
        if message.expires_at - self.now <= timedelta(seconds=self.timing.tell_before):
            return Drop("number_unconfirmed", call=True)
        return Hold(self.now + timedelta(seconds=self.timing.hold), "number_unconfirmed")

    def _left_out(self, message: Message) -> Verdict | None:
        """What she chose not to get (F31); nobody rings instead."""
        if message.recipient_kind != "patient":
            return None
        why = wishes.left_out(
            self._wanted(message),
            Purpose(message.purpose),
            message.rule,
            message.text,
            in_sunday_text=self.people.in_sunday_text(message),
        )
        return Drop(why) if why else None

    def _over_the_cap(self, message: Message, recipient: Recipient) -> Verdict | None:
        """Five a week on one phone, whoever it rings for."""
        purpose = Purpose(message.purpose)
        if purpose not in window.CAPPED:
            return None
        of_clinic = terms.in_row(self.people.clinics[message.clinic_id], terms.WEEKLY_TEXTS)
        texted = self.people.texted.get(recipient.index or "", 0)
        over = window.weekly_cap(purpose, texted, wishes.cap(self._wanted(message), of_clinic))
        return Drop("weekly_cap") if over else None

    def _wanted(self, message: Message) -> str:
        patient = self.people.patients.get(message.patient_id or 0)
        return patient.texts_wanted.value if patient is not None else wishes.USUAL


def _written(message: Message, facts: dict[str, Any], people: Recipients, recipient: Recipient) -> Verdict:
    """The body, or a parked message: one bad text must not hold up the others."""
    patient = people.patients.get(message.patient_id or 0)
    contact = recipient.contact
    carer = contact is not None and contact.carer_name is not None
    clinic = people.clinics[message.clinic_id]
    language = patient.language if patient and not carer else wording.ENGLISH  # hers is not her carer's
    data = {
        "first_name": patient.first_name if patient else "Hello",
        "carer": contact.carer_name if contact else None,
        "clinic": clinic.name,
        "phone": clinic.phone,
        **facts,
    }
    try:
        body = wording.render(wording.name_for(message.text, carer=carer), language=language, **data)
    except (TemplateError, KeyError, TypeError, ValueError):
        return Drop("cannot_be_written", call=True, parked=True)
    return Send(recipient, body, _answer_by(facts))


def _answer_by(facts: dict[str, Any]) -> datetime | None:
    """A room gives a moment; an answer's own facts are JSON and hold it as text."""
    given = facts.get("answer_by")
    return datetime.fromisoformat(given) if isinstance(given, str) else given
