"""Our answer to a text: to the number that wrote, at any hour, through the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from clinic.access import queries as access
from clinic.access.hours import is_open, next_opening
from clinic.access.models import Clinic
from clinic.extensions import db
from clinic.notifications import outbox, wording
from clinic.notifications.models import Inbound, Message
from clinic.patients.models import Patient
from clinic.viewer import system
from clinic.worklist import services as worklist

ANSWER_WITHIN = timedelta(hours=6)
AT_MOST_AN_HOUR = 6  # an answering machine must not talk with ours all night
ALERT_CLOCK = timedelta(minutes=30)  # real time, nights and weekends included (F1)
READ_WITHIN = timedelta(hours=2)  # opening hours


def answer(row: Inbound, text: str, *, now: datetime, **facts: Any) -> bool:
    """Plan one answer to an inbound text; False when the number had enough for this hour."""
    if not _may_answer(row, now):
        return False
    patient = db.session.get(Patient, row.patient_id) if row.patient_id else None
    return outbox.plan_one(
        patient=patient,
        clinic_id=row.clinic_id,
        recipient_kind="number",
        recipient_id=row.id,
        text=text,
        purpose=wording.text(text).purpose,
        cause_kind="inbound",
        cause_id=row.id,
        rule="answer",
        due_at=now,
        expires_at=now + ANSWER_WITHIN,
        facts={**_usual(row, now), **facts},
        now=now,
    )


def safety(row: Inbound, *, now: datetime, text: str = "") -> None:
    """What to do now, and the truth about whether anybody reads this (F1)."""
    clinic = access.clinic(row.clinic_id)
    if open_now(clinic, now):
        answer(row, text or "safety_open", now=now)
        return
    local = now.astimezone(access.zone_of(clinic.id))
    opens = next_opening(clinic.opening, local, access.holidays_of(clinic.id))
    answer(row, f"{text}_closed" if text else "safety_closed", now=now, opens=_said(opens))


def open_now(clinic: Clinic, now: datetime) -> bool:
    local = now.astimezone(access.zone_of(clinic.id))
    return is_open(clinic.opening, local, access.holidays_of(clinic.id))


def alert(row: Inbound, kind: str, *, patient_id: int | None, now: datetime) -> None:
    """Somebody must act: the duty person hears of it at once, and again when the clock runs out."""
    worklist.raise_alert(
        kind=kind,
        patient_id=patient_id,
        cause_kind="inbound",
        cause_id=row.id,
        clinic_id=row.clinic_id,
        organisation_id=row.organisation_id,
        due_at=now + ALERT_CLOCK,
        by=system("replies", row.clinic_id),
    )


def person(row: Inbound, kind: str, *, patient_id: int | None, now: datetime) -> None:
    """Somebody reads it and rings: on the call list, due soon after the clinic opens."""
    worklist.add_call(
        kind=kind,
        patient_id=patient_id,
        cause_kind="inbound",
        cause_id=row.id,
        clinic_id=row.clinic_id,
        organisation_id=row.organisation_id,
        due_at=_reading_time(access.clinic(row.clinic_id), now),
        by=system("replies", row.clinic_id),
    )


def _usual(row: Inbound, now: datetime) -> dict[str, Any]:
    """What answers may say without their room's help: when she wrote, her score, when we ring."""
    clinic = access.clinic(row.clinic_id)
    zone = access.zone_of(clinic.id)
    until = _reading_time(clinic, now).astimezone(zone)
    return {**wording.moment(now, zone), "score": row.score, "until": _said(until)}


def _said(wall: datetime) -> str:
    """Mon 23 Nov 09:00"""
    return f"{wall:%a} {wall.day} {wall:%b} {wall:%H:%M}"


def _reading_time(clinic: Clinic, now: datetime) -> datetime:
    if open_now(clinic, now):
        return now + READ_WITHIN
    local = now.astimezone(access.zone_of(clinic.id))
    return next_opening(clinic.opening, local, access.holidays_of(clinic.id)) + READ_WITHIN


def _may_answer(row: Inbound, now: datetime) -> bool:
    same_number = select(Inbound.id).where(Inbound.number_index == row.number_index)
    lately = select(func.count()).where(
        Message.recipient_kind == "number",
        Message.recipient_id.in_(same_number),
        Message.due_at > now - timedelta(hours=1),
    )
    return db.session.scalars(lately).one() < AT_MOST_AN_HOUR
