"""What may be texted at any time, whatever was asked: STOP, HELP, WRONG NUMBER, DIED, HOSPITAL, CALL ME."""

from __future__ import annotations

from collections.abc import Callable

from clinic.notifications import settling
from clinic.notifications.rules.replies import Intent
from clinic.notifications.said import Said
from clinic.patients import services as patients
from clinic.viewer import system


def stop(said: Said) -> str:
    """The carrier confirms it; we ring from now on. A carer's STOP is the carer's only (F8, F23)."""
    number = said.row.number_index or ""
    for contact in settling.stop_texts(number, clinic_id=said.row.clinic_id, now=said.now):
        if contact.carer_name:
            said.task("carer_stopped", contact.patient_id)
        else:
            said.person("texts_stopped", contact.patient_id)
    return "stopped"


def start(said: Said) -> str:
    """START ends a STOP. YES is a carrier's opt-in word too: with a question open, ask for the number."""
    stopped = [contact for contact in said.contacts if contact.stopped_at is not None]
    if not stopped and said.bound.anything_open:
        said.answer("yes_answer")
        return "asked_for_number"
    for contact in stopped:
        patients.start_texts(contact=contact, by=system("replies", contact.clinic_id))
    said.answer("start_answer")
    return "started"


def help_(said: Said) -> str:
    if not said.carrier_answered:
        said.answer("help_answer")
    return "help"


def wrong_number(said: Said) -> str:
    """Texts to that number stop at once, the practice is asked, the patient is rung (F9)."""
    said.answer("wrong_number_answer")
    for contact in said.contacts:
        patients.wrong_number(contact=contact, moment=said.now, by=system("replies", contact.clinic_id))
        said.person("wrong_number", contact.patient_id)
        said.task("ask_practice_for_number", contact.patient_id)
    said.close_question()
    return "wrong_number"


def died(said: Said) -> str:
    """A person records the death; until then no text goes to that patient, and none answers this one (F7)."""
    said.alert("died_reported")
    if len(said.people) == 1:
        settling.hush(said.people[0], "death_reported")
    return "died_reported"


def hospital(said: Said) -> str:
    said.alert("in_hospital")
    return _rung(said, "in_hospital", "hospital_answer")


def call_me(said: Said) -> str:
    return _rung(said, "call_me", "call_me_answer")


def _rung(said: Said, effect: str, text: str) -> str:
    for patient_id in said.people:
        said.person(effect, patient_id)
    said.answer(text)
    said.close_question()
    return effect


EFFECTS: dict[Intent, Callable[[Said], str]] = {
    Intent.STOP: stop,
    Intent.START: start,
    Intent.HELP: help_,
    Intent.WRONG_NUMBER: wrong_number,
    Intent.DIED: died,
    Intent.HOSPITAL: hospital,
    Intent.CALL_ME: call_me,
}
