"""What a reply does: danger first, then what any text may say, then the answer to its one question."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from clinic.extensions import transaction, wiring
from clinic.notifications import answering, anytime, confirming, which, wording
from clinic.notifications.binding import UNDO_WITHIN
from clinic.notifications.heard import Answer, Heard
from clinic.notifications.rules.replies import ALERTING_PAIN, Intent, Question
from clinic.notifications.said import Said

log = logging.getLogger(__name__)


def act(said: Said, opt_out: str | None) -> str:
    """Do what the reply asks, answer it, and name the effect for the thread.

    `opt_out` is the carrier's own reading of STOP, START and HELP, where it tells us.
    """
    question = said.bound.question.question if said.bound.question else Question.NONE
    if said.bound.reading.red_flag:
        return _danger(said, "red_flag")
    if said.intent is Intent.FALL:
        return _danger(said, "fall", "fall_answer")
    if said.intent is Intent.PAIN and (said.bound.reading.score or 0) >= ALERTING_PAIN:
        return _severe_pain(said)
    if built_in := anytime.EFFECTS.get(_carriers_word(opt_out) or said.intent):
        return built_in(said)
    if question == Question.WHICH:
        return _which_was_meant(said)
    if len(said.bound.several) > 1:
        return which.ask(said.row, said.bound.several, now=said.now)
    if question == Question.NUMBER_CHECK:
        return _number_is_hers(said)
    if said.bound.late is not None:
        return _too_late(said)
    return _ask_the_room(said)


def _carriers_word(opt_out: str | None) -> Intent | None:
    return {"STOP": Intent.STOP, "START": Intent.START, "HELP": Intent.HELP}.get(opt_out or "")


def _danger(said: Said, kind: str, text: str = "") -> str:
    """The alert first, so that nothing later can lose it; then what to do now, and who is reading."""
    said.alert(kind)
    answering.safety(said.row, now=said.now, text=text)
    return "alert"


def _severe_pain(said: Said) -> str:
    """The room keeps the score; its answer is not sent on top of the safety text."""
    effect = _danger(said, "pain_high", "pain_high")
    if _handled(said):
        said.close_question()
    return effect


def _number_is_hers(said: Said) -> str:
    for contact in said.contacts:
        confirming.confirmed(contact, now=said.now)
    said.close_question()
    said.answer("number_confirmed")
    return "number_confirmed"


def _which_was_meant(said: Said) -> str:
    """The day or the person she named picks the question; what she said first is then done."""
    chosen = which.chosen(said.bound, said.row.body or "")
    if chosen is None or chosen.question is None:
        said.close_question()
        first = which.first_said(said.bound)
        return which.ask(said.row, said.bound.several, now=said.now, first=first)
    patient_id = chosen.question.patient_id
    own = [c for c in said.contacts if c.patient_id == patient_id]
    said.close_question()
    said.row.patient_id, said.row.question_id = patient_id, chosen.question.id
    meant = replace(said, contacts=own, bound=chosen)
    if built_in := anytime.EFFECTS.get(meant.intent):
        return built_in(meant)
    is_check = chosen.question.question == Question.NUMBER_CHECK
    return _number_is_hers(meant) if is_check else _ask_the_room(meant)


def _too_late(said: Said) -> str:
    """A late answer takes nothing, and is answered: to an offer by its room, which knows what is left."""
    late = said.bound.late
    if late is not None and late.question == Question.OFFER:
        own = [c for c in said.contacts if c.patient_id == late.patient_id]
        answer = _handled(replace(said, contacts=own, bound=replace(said.bound, question=late)))
        if answer is not None and answer.text:
            said.answer(answer.text, **answer.facts)
            return answer.effect[:40]
    said.person("late_reply", late.patient_id if late else None)
    said.answer("no_open_question")
    return "late_reply"


def _ask_the_room(said: Said) -> str:
    """The handler of (question, intent), or of (none, intent); without one, a person reads it."""
    answer = _handled(said)
    if answer is None:
        return _read_by_a_person(said)
    if answer.text:
        said.answer(answer.text, **_asks_about(said, answer.text), **answer.facts)
    said.close_question()
    return answer.effect[:40]


def _asks_about(said: Said, text: str) -> dict[str, Any]:
    """An answer that asks again ("reply 1 to undo") asks about the same thing, for half an hour."""
    question = said.bound.question
    if question is None or wording.text(text).question is Question.NONE:
        return {}
    until = said.now + UNDO_WITHIN
    return {"asks_about": [question.cause_kind, question.cause_id], "answer_by": until.isoformat()}


def _handled(said: Said) -> Answer | None:
    """A handler that fails must not lose the text: its own work is undone, and a person reads it."""
    question, replies = said.bound.question, wiring().REPLIES
    asked = question.question if question else Question.NONE.value
    handler = replies.get((asked, said.intent.value)) or replies.get(("none", said.intent.value))
    if handler is None or len(said.people) != 1:
        return None
    if question is not None and question.patient_id != said.people[0]:
        return None  # never one person's answer on another's seat
    contact = said.contacts[0]
    heard = Heard(question, contact.patient_id, contact.id, said.bound.reading, said.row.id, said.now)
    try:
        with transaction():
            answer: Answer | None = handler(heard)
            return answer
    except Exception:
        log.exception("a reply handler failed", extra={"inbound": said.row.id, "intent": said.intent.value})
        return None


def _read_by_a_person(said: Said) -> str:
    said.person("reply", said.people[0] if len(said.people) == 1 else None)
    asked = said.bound.question is not None or said.intent is Intent.UNCLEAR
    said.answer("unclear_answer" if asked else "no_open_question")
    return "person"
