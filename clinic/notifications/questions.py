"""What our texts ask, and until when an answer counts; opened at the claim: an answer may beat the 201."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, String, and_, literal, or_, select, update
from sqlalchemy.types import TypeEngine

from clinic.columns import UtcDateTime
from clinic.extensions import db
from clinic.notifications.models import Message, OpenQuestion, QuestionState
from clinic.notifications.rowset import among, moment, rowset
from clinic.notifications.rules.replies import Question
from clinic.notifications.sets import insert_into

ONE_AT_A_TIME = frozenset({Question.PROMPT, Question.NUMBER_CHECK, Question.CHECK_IN, Question.STILL_WANTED})
_ASKED: dict[str, TypeEngine[Any]] = {
    "clinic_id": BigInteger(),
    "organisation_id": BigInteger(),
    "patient_id": BigInteger(),
    "message_id": BigInteger(),
    "number_index": String(),
    "question": String(),
    "cause_kind": String(),
    "cause_id": BigInteger(),
    "expires_at": UtcDateTime(),
}


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
    given = rowset(_ASKED, [_row(a) for a in asking])
    asked, v = OpenQuestion, given.c
    same_cause = and_(asked.cause_kind == v.cause_kind, asked.cause_id == v.cause_id)
    db.session.execute(
        update(asked)
        .where(asked.state == QuestionState.OPEN, asked.patient_id == v.patient_id)
        .where(asked.question == v.question, or_(same_cause, v.question.in_(ONE_AT_A_TIME)))
        .values(state=QuestionState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )
    fixed = {"state": literal(QuestionState.OPEN, asked.state.type), "asked_at": literal(now, UtcDateTime())}
    # WHERE: without one SQLite reads ON CONFLICT as a join's ON
    rows = select(*v, *fixed.values()).where(v.message_id.is_not(None))
    insert = insert_into(asked).from_select([*_ASKED, *fixed], rows)
    again = {name: insert.excluded[name] for name in ("state", "expires_at", "asked_at")}
    db.session.execute(
        insert.on_conflict_do_update(index_elements=["message_id"], set_=again).execution_options(
            synchronize_session=False, dml_strategy="raw"
        )
    )


def withdraw(message_ids: Sequence[int]) -> None:
    """Close the questions of texts that did not leave after all."""
    db.session.execute(
        update(OpenQuestion)
        .where(among(OpenQuestion.message_id, message_ids), OpenQuestion.state == QuestionState.OPEN)
        .values(state=QuestionState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )


def _row(asking: Asking) -> dict[str, object]:
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
        "expires_at": moment(asking.answer_by),
    }
