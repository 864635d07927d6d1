"""A colleague hears by e-mail that a session is theirs for one date, moved, or theirs no longer (F29).

No patient is named. Patients are told nothing: what they meet is the same class at the same time and place.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from clinic.classes import telling
from clinic.classes.models import ClassSession
from clinic.columns import config
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import outbox
from clinic.notifications.models import Message
from clinic.notifications.rules.window import Purpose
from clinic.viewer import acting_as, system

CAUSE = "cover"


def asked(session: ClassSession, staff_id: int, *, now: datetime) -> None:
    """The session is theirs for this date, and its register with it."""
    _tell(session, staff_id, "cover_asked", now)


def over(session: ClassSession, staff_id: int, *, now: datetime) -> None:
    """It is not theirs any more; who never heard that it was hears nothing."""
    told = outbox.supersede(
        cause_kind=CAUSE, cause_id=session.id, rules=[_rule(staff_id)], reason="cover_over"
    )
    if told.gone or not told.stopped:
        _tell(session, staff_id, "cover_over", now)


def session_changed(*, session_id: int, kind: str) -> None:
    """On session_changed: who covers a session that moved or is off hears so; the usual staff see it."""
    if kind not in ("moved", "cancelled"):
        return
    session, moment = db.session.get_one(ClassSession, session_id), clock()
    with acting_as(system("cover", session.clinic_id)):
        for staff_id in _covering(session):
            if kind == "cancelled":
                over(session, staff_id, now=moment)
            else:
                outbox.supersede(
                    cause_kind=CAUSE, cause_id=session.id, rules=[_rule(staff_id)], reason="newer"
                )
                asked(session, staff_id, now=moment)


def _covering(session: ClassSession) -> list[int]:
    """Of its staff, those who were told that they cover it."""
    there = [one for one in (session.instructor_id, session.second_id) if one is not None]
    told = select(Message.recipient_id).where(
        Message.cause_kind == CAUSE, Message.cause_id == session.id, Message.text == "cover_asked"
    )
    return [one for one in there if one in set(db.session.scalars(told))]


def _tell(session: ClassSession, staff_id: int, text: str, now: datetime) -> None:
    if session.ends_at <= now:
        return
    count = select(func.count()).where(Message.cause_kind == CAUSE, Message.cause_id == session.id)
    with acting_as(system("cover", session.clinic_id)):
        before = db.session.scalar(count) or 0
        outbox.plan_one(
            patient=None,
            clinic_id=session.clinic_id,
            recipient_kind="user",
            recipient_id=staff_id,
            channel="email",
            text=text,
            purpose=Purpose.INVITATION,
            cause_kind=CAUSE,
            cause_id=session.id,
            cause_revision=before + 1,
            rule=_rule(staff_id),
            due_at=now,
            expires_at=session.ends_at,
            facts=_said(session, staff_id, text),
            now=now,
        )


def _said(session: ClassSession, staff_id: int, text: str) -> dict[str, str]:
    said = {name.removeprefix("old_"): words for name, words in telling.spoken(session).items()}
    if text == "cover_asked":
        said["venue"] = session.venue.name
        said["part"] = "lead" if session.instructor_id == staff_id else "help with"
        said["link"] = f"{config().public_base_url}/sessions/{session.id}"
    return {**said, "class_name": session.klass.name}


def _rule(staff_id: int) -> str:
    return f"cover_{staff_id}"
