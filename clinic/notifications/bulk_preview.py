"""Whom one text to many would reach, in which words, and who is left out: by the claim's own eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.notifications import recipients, wording
from clinic.notifications.models import Message
from clinic.notifications.rules.segments import segments
from clinic.notifications.rules.window import Purpose
from clinic.patients.models import Patient

NEVER = frozenset({"died", "merged"})  # left out altogether; everybody else who gets no text is rung


@dataclass(frozen=True)
class Reached:
    """One person who gets the text, in these words; `asked_first` while nobody confirmed the number (F9)."""

    patient: Patient
    carer: str | None
    body: str
    asked_first: bool


@dataclass(frozen=True)
class LeftOut:
    """One person who gets no text, and the coded word for why."""

    patient: Patient
    why: str

    @property
    def rung(self) -> bool:
        return self.why not in NEVER


@dataclass(frozen=True)
class Preview:
    """Everybody, in one of two lists; `parts` is the most that one text costs."""

    reached: list[Reached]
    left_out: list[LeftOut]
    parts: int

    @property
    def planned(self) -> list[int]:
        """Whom the outbox gets: those reached and those who become a call."""
        rung = [one.patient.id for one in self.left_out if one.rung]
        return sorted([one.patient.id for one in self.reached] + rung)


def of(*, text: str, given: dict[str, Any], people: Sequence[int], clinic_id: int, now: datetime) -> Preview:
    """Look at everybody as the claim would; nothing is planned."""
    messages = [
        Message(
            recipient_kind="patient",
            recipient_id=patient_id,
            patient_id=patient_id,
            clinic_id=clinic_id,
            channel="sms",
            purpose=Purpose.NOTICE.value,
        )
        for patient_id in sorted(set(people))
    ]
    found = recipients.load(messages, now)
    reached: list[Reached] = []
    left_out: list[LeftOut] = []
    for message in messages:
        patient = found.patients.get(message.recipient_id)
        if patient is None:
            continue  # not the viewer's
        who = found.of(message)
        if who.why_not:
            left_out.append(LeftOut(patient, who.why_not))
        else:
            carer = who.contact.carer_name if who.contact else None
            body = _body(text, given, patient, carer, found.clinics[clinic_id])
            reached.append(Reached(patient, carer, body, not who.confirmed))
    parts = max((segments(one.body).parts for one in reached), default=0)
    return Preview(sorted(reached, key=_name), sorted(left_out, key=_name), parts)


def _name(one: Reached | LeftOut) -> tuple[str, str]:
    return one.patient.family_name, one.patient.given_name


def _body(text: str, given: dict[str, Any], patient: Patient, carer: str | None, clinic: Any) -> str:
    data = {"first_name": patient.first_name, "carer": carer, "clinic": clinic.name, "phone": clinic.phone}
    return wording.render(wording.name_for(text, carer=carer is not None), **data, **given)
