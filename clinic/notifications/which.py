"""Several questions are open: nothing is done, the sender is asked which, by day and first name (F2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from clinic.extensions import db
from clinic.notifications import answering
from clinic.notifications.binding import Binding, about, asked_of
from clinic.notifications.models import Inbound, OpenQuestion
from clinic.notifications.rules import binder
from clinic.patients.models import Patient

HOW = {"day": "the day", "name": "the first name", "both": "the day and the first name"}


def ask(
    row: Inbound, open_ones: Sequence[OpenQuestion], *, now: datetime, first: Inbound | None = None
) -> str:
    """Ask which one was meant, and let a person see it; nobody's seat moves meanwhile.

    Asked again, her `first` words still count. What no day and no name tells apart is left to the person.
    """
    if row.patient_id is None and open_ones:
        row.patient_id = open_ones[0].patient_id  # so that her answer to this text finds its question
    answering.person(row, "which_question", patient_id=row.patient_id, now=now)
    how = binder.told_apart(asked_of(open_ones, told_apart=True))
    if how is None:
        answering.answer(row, "unclear_answer", now=now)
        return "which_question"
    choices = [line for question in open_ones for line in _lines(question)]
    facts = {"asks_about": ["inbound", first.id]} if first is not None else {}
    answering.answer(
        row, "which_question", now=now, choices=list(dict.fromkeys(choices)), how=HOW[how], **facts
    )
    return "which_question"


def first_said(bound: Binding) -> Inbound | None:
    """What she wrote when several questions were open."""
    return db.session.get(Inbound, bound.question.cause_id) if bound.question else None


def chosen(bound: Binding, body: str) -> Binding | None:
    """The one question she named, with what she first said to it; None when not exactly one."""
    first = first_said(bound)
    if first is None or first.body is None:
        return None
    found = binder.choose(body, first.body, asked_of(bound.several, told_apart=True))
    if found is None or found.question is None:
        return None
    question = next(one for one in bound.several if one.id == found.question.id)
    return replace(bound, reading=found.reading, question=question, several=())


def _lines(question: OpenQuestion) -> list[str]:
    """Tue 24 Nov (Christopher): one line a day the question is about; without a day the name alone."""
    name = db.session.get_one(Patient, question.patient_id).first_name
    dated = [one for one in about(question) if one.get("day")]
    return [f"{one['day']} {one.get('date', '')} ({name})" for one in dated] or [name]
