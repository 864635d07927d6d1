"""To which question a reply belongs: to exactly one, or to none and a person reads it (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.extensions import db
from clinic.notifications.models import OpenQuestion, QuestionState
from clinic.notifications.rules.replies import Intent, Question, Reading, read

UNDO_WITHIN = timedelta(minutes=30)  # `1` after `2` to a reminder takes the place back, if it is free
LATE_WITHIN = timedelta(days=14)

ANSWERS: dict[Question, frozenset[Intent]] = {
    Question.OFFER: frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.CHOOSE_DAY}),
    Question.REMINDER: frozenset({Intent.CONFIRM, Intent.CANNOT_COME}),
    Question.PROMPT: frozenset({Intent.DONE, Intent.PAIN, Intent.MORE, Intent.EASIER}),
    Question.NUMBER_CHECK: frozenset({Intent.CONFIRM, Intent.WRONG_NUMBER}),
    Question.STILL_WANTED: frozenset({Intent.CONFIRM, Intent.DECLINE}),
    Question.CHECK_IN: frozenset({Intent.CONFIRM, Intent.CALL_ME}),
    Question.WHICH: frozenset({Intent.CHOOSE_DAY}),
}


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
    asked = _questions(number_index, clinic_ids, now)
    for question in asked:
        if question.state is QuestionState.OPEN and question.expires_at <= now:
            question.state = QuestionState.EXPIRED
    open_ones = [q for q in asked if q.state is QuestionState.OPEN]
    fitting = [q for q in open_ones if _answers(body, q)]
    if which := next((q for q in fitting if q.question == Question.WHICH), None):
        others = tuple(q for q in open_ones if q.question != Question.WHICH)
        return Binding(read(body, Question.WHICH), which, several=others)
    if len(fitting) == 1:
        return Binding(read(body, Question(fitting[0].question)), fitting[0])
    if fitting:
        return Binding(read(body, Question(fitting[0].question)), several=tuple(fitting))
    return replace(_bind_late(body, asked, now), anything_open=bool(open_ones))


def _bind_late(body: str, asked: Sequence[OpenQuestion], now: datetime) -> Binding:
    """Nothing open fits: a second word within the half hour, an answer that comes too late, or neither."""
    closed = [q for q in asked if q.state is not QuestionState.OPEN and _answers(body, q)]
    if not closed:
        return Binding(read(body, Question.NONE))
    newest = closed[-1]
    reading = read(body, Question(newest.question))
    answered_at = newest.answered_at
    if answered_at is not None and now - answered_at <= UNDO_WITHIN:
        return Binding(reading, newest)
    return Binding(reading, late=newest)


def _answers(body: str, question: OpenQuestion) -> bool:
    kind = Question(question.question)
    return read(body, kind).intent in ANSWERS.get(kind, frozenset())


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
