"""To which question a reply belongs: what this number was asked, read and handed to the rule (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic.extensions import db, wiring
from clinic.notifications.models import OpenQuestion, QuestionState
from clinic.notifications.outbox import NotDue
from clinic.notifications.rules import binder
from clinic.notifications.rules.binder import UNDO_WITHIN, Asked
from clinic.notifications.rules.grammar import DAYS
from clinic.notifications.rules.replies import Question, Reading
from clinic.patients.models import Patient

__all__ = ["UNDO_WITHIN", "Binding", "about", "asked_of", "bind"]

LATE_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Binding:
    """What a reply was read as, and what it answers.

    `question` is the one it belongs to; `several` are those it might; `late` is one that is closed.
    """

    reading: Reading
    question: OpenQuestion | None = None
    several: tuple[OpenQuestion, ...] = ()
    late: OpenQuestion | None = None
    anything_open: bool = False


def bind(body: str, number_index: str, clinic_ids: Sequence[int], now: datetime) -> Binding:
    """Read the reply in the light of every question open to this number.

    The caller holds the number's lock. A question that has run out is closed on the way.
    """
    rows = _questions(number_index, clinic_ids, now)
    for row in rows:
        if row.state is QuestionState.OPEN and row.expires_at <= now:
            row.state = QuestionState.EXPIRED
    by_id = {row.id: row for row in rows}
    told = any(row.state is QuestionState.OPEN and row.question == Question.WHICH for row in rows)
    found = binder.bind(body, asked_of(rows, told_apart=told), now)
    return Binding(
        found.reading,
        by_id[found.question.id] if found.question else None,
        tuple(by_id[one.id] for one in found.several),
        by_id[found.late.id] if found.late else None,
        found.anything_open,
    )


def asked_of(rows: Sequence[OpenQuestion], *, told_apart: bool) -> list[Asked]:
    """The rows as the rule reads them; `told_apart` also brings names and days, a read each."""
    return [_asked(row, told_apart and row.state is QuestionState.OPEN) for row in rows]


def about(question: OpenQuestion) -> list[dict[str, Any]]:
    """The dated things a question is about, from the room that asked it."""
    provider = wiring().FACTS.get(question.cause_kind)
    found = provider([question.cause_id]).get(question.cause_id) if provider else None
    if found is None or isinstance(found, NotDue):
        return [{}]
    return list(found["lines"]) if "lines" in found else [found]


def _asked(row: OpenQuestion, told_apart: bool) -> Asked:
    """An offer of two days has both."""
    asks = Question(row.question)
    names: tuple[str, ...] = ()
    days: set[int | None] = set()
    if told_apart and asks is not Question.WHICH:
        names = binder.name_said(db.session.get_one(Patient, row.patient_id).first_name)
        days = {DAYS.get(str(one.get("day", "")).lower()) for one in about(row)}
    return Asked(
        id=row.id,
        patient_id=row.patient_id,
        question=asks,
        about=(row.cause_kind, row.cause_id),
        open=row.state is QuestionState.OPEN,
        answered_at=row.answered_at,
        name=names,
        days=frozenset(day for day in days if day is not None),
    )


def _questions(number_index: str, clinic_ids: Sequence[int], now: datetime) -> list[OpenQuestion]:
    recent = (
        select(OpenQuestion)
        .where(
            OpenQuestion.number_index == number_index,
            OpenQuestion.clinic_id.in_(clinic_ids),
            OpenQuestion.asked_at > now - LATE_WITHIN,
        )
        .order_by(OpenQuestion.asked_at, OpenQuestion.id)
    )
    return list(db.session.scalars(recent))
