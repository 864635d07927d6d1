"""What our texts ask, and until when an answer counts; opened at the claim: an answer may beat the 201."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, tuple_, update

from clinic.extensions import db
from clinic.notifications.models import Message, OpenQuestion, QuestionState
from clinic.notifications.rules.replies import Question
from clinic.notifications.sets import insert_into

ONE_AT_A_TIME = frozenset({Question.PROMPT, Question.NUMBER_CHECK, Question.CHECK_IN, Question.STILL_WANTED})


class Asking(NamedTuple):
    """A message about to leave that expects an answer until `answer_by`."""

    message: Message
    question: Question
    number_index: str
    answer_by: datetime
    cause_kind: str
    cause_id: int


def open_all(asking: Sequence[Asking], now: datetime) -> None:
    """Open one question a message, closing the older ones it repeats or replaces; two statements."""
    if not asking:
        return
    same_cause = {(a.message.patient_id, a.question, a.cause_kind, a.cause_id) for a in asking}
    replaced = {(a.message.patient_id, a.question) for a in asking if a.question in ONE_AT_A_TIME}
    asked = OpenQuestion
    cause = tuple_(asked.patient_id, asked.question, asked.cause_kind, asked.cause_id)
    repeats = [cause.in_(same_cause)]
    if replaced:
        repeats.append(tuple_(asked.patient_id, asked.question).in_(replaced))
    db.session.execute(
        update(asked)
        .where(asked.state == QuestionState.OPEN, or_(*repeats))
        .values(state=QuestionState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )
    insert = insert_into(asked).values([_row(a, now) for a in asking])
    again = {"state": QuestionState.OPEN, "expires_at": insert.excluded.expires_at, "asked_at": now}
    db.session.execute(
        insert.on_conflict_do_update(index_elements=["message_id"], set_=again).execution_options(
            synchronize_session=False
        )
    )


def withdraw(message_ids: Sequence[int]) -> None:
    """Close the questions of texts that did not leave after all."""
    db.session.execute(
        update(OpenQuestion)
        .where(OpenQuestion.message_id.in_(message_ids), OpenQuestion.state == QuestionState.OPEN)
        .values(state=QuestionState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )


def _row(asking: Asking, now: datetime) -> dict[str, object]:
    message = asking.message
    return {
        "clinic_id": message.clinic_id,
        "organisation_id": message.organisation_id,
        "patient_id": message.patient_id,
        "message_id": message.id,
        "number_index": asking.number_index,
        "question": asking.question.value,
        "cause_kind": asking.cause_kind,
        "cause_id": asking.cause_id,
        "state": QuestionState.OPEN,
        "asked_at": now,
        "expires_at": asking.answer_by,
    }
