"""Several questions are open: nothing is done, the sender is asked which, by day and first name (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from clinic.extensions import db, wiring
from clinic.notifications import answering
from clinic.notifications.binding import Binding
from clinic.notifications.models import Inbound, OpenQuestion
from clinic.notifications.outbox import NotDue
from clinic.notifications.rules.grammar import DAYS
from clinic.notifications.rules.replies import Question, read
from clinic.patients.models import Patient


def ask(row: Inbound, open_ones: Sequence[OpenQuestion], *, now: datetime) -> str:
    """Ask which one was meant, and let a person see it; nobody's seat moves meanwhile."""
    if row.patient_id is None and open_ones:
        row.patient_id = open_ones[0].patient_id  # so that her answer to this text finds its question
    answering.person(row, "which_question", patient_id=row.patient_id, now=now)
    choices = [line for question in open_ones for line in _lines(question)]
    answering.answer(row, "which_question", now=now, choices=list(dict.fromkeys(choices)))
    return "which_question"


def chosen(bound: Binding) -> Binding | None:
    """The one question on the day she named, with what she first said to it; None when not exactly one."""
    on_day = [q for q in bound.several if bound.reading.day in _days(q)]
    first = db.session.get(Inbound, bound.question.cause_id) if bound.question else None
    if len(on_day) != 1 or first is None or first.body is None:
        return None
    reading = read(first.body, Question(on_day[0].question))
    return replace(bound, reading=reading, question=on_day[0], several=())


def _lines(question: OpenQuestion) -> list[str]:
    """Tue 24 Nov (Christopher): one line a day the question is about."""
    name = db.session.get_one(Patient, question.patient_id).first_name
    return [f"{about.get('day', '')} {about.get('date', '')} ({name})".strip() for about in _about(question)]


def _days(question: OpenQuestion) -> set[int]:
    """Every weekday (Monday = 0) the question is about; an offer of two days has two."""
    named = {str(about.get("day", "")).lower() for about in _about(question)}
    return {DAYS[name] for name in named if name in DAYS}


def _about(question: OpenQuestion) -> list[dict[str, Any]]:
    """The dated things a question is about, from the room that asked it."""
    provider = wiring().FACTS.get(question.cause_kind)
    found = provider([question.cause_id]).get(question.cause_id) if provider else None
    if found is None or isinstance(found, NotDue):
        return [{}]
    return list(found["lines"]) if "lines" in found else [found]
