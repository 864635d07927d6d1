"""A text that cannot do it becomes a telephone call, in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic.notifications.models import Message
from clinic.notifications.rules.window import Purpose
from clinic.patients import needs
from clinic.patients import queries as patients
from clinic.viewer import system
from clinic.worklist import services as worklist

NO_CALL = frozenset(
    {Purpose.PROMPT, Purpose.CHECK_IN, Purpose.GOODBYE, Purpose.INVITATION}  # a missed one harms nobody
)
SOON = timedelta(hours=4)
A_LETTER_TAKES = timedelta(days=4)
"""Second class post and a day to read it; with less time left it is a call."""
IN_TIME = timedelta(hours=1)  # before a session that a reminder, or news of it, would have told of
OF_A_SESSION = frozenset({Purpose.REMINDER, Purpose.CHANGE, Purpose.CANCELLATION})
ABOUT = {
    Purpose.REMINDER: "a reminder of a session or an appointment",
    Purpose.OFFER: "the offer of a place",
    Purpose.OFFER_SECOND: "a second asking about an offer",
    Purpose.CONFIRMATION: "a confirmation of what was agreed",
    Purpose.ANSWER: "an answer to a text of theirs",
    Purpose.CHANGE: "a change of day, time or place",
    Purpose.CANCELLATION: "a session that is off",
    Purpose.SAFETY: "what to do in an emergency",
    Purpose.WELCOME: "the welcome, with our number",
    Purpose.NUMBER_CHECK: "whether the number is theirs",
    Purpose.STILL_WANTED: "whether they still want a place",
    Purpose.REVIEW: "a review that is due",
    Purpose.NOTICE: "a notice",
    Purpose.ALERT_DUTY: "an alert, to the duty phone",
}


def _letter(message: Message, now: datetime) -> None:
    """Somebody writes it, in the form this person reads."""
    patient = patients.patient(message.patient_id or 0)
    form = ", ".join(needs.on_paper(patient.needs))
    about = ABOUT[Purpose(message.purpose)]
    worklist.open_task(
        kind="letter_instead",
        patient_id=message.patient_id,
        cause_kind="message",
        cause_id=message.id,
        clinic_id=message.clinic_id,
        organisation_id=message.organisation_id,
        due_at=now + SOON,
        by=system("notifications", message.clinic_id),
        note=f"A letter about: {about}." + (f" {form}." if form else ""),
    )


def instead_of(message: Message, reason: str, *, now: datetime) -> bool:
    """Put the person a text did not reach on the call list, before the text's news is stale.

    True when a call is due; prompts and check-ins are dropped without one.
    """
    if message.purpose in NO_CALL or message.channel != "sms":
        return False
    by = system("notifications", message.clinic_id)
    if reason == "wants_a_letter" and message.expires_at - now >= A_LETTER_TAKES:
        _letter(message, now)
        return False
    ahead = IN_TIME if message.purpose in OF_A_SESSION else timedelta()
    worklist.add_call(
        kind=reason,
        patient_id=message.patient_id,
        cause_kind="message",
        cause_id=message.id,
        clinic_id=message.clinic_id,
        organisation_id=message.organisation_id,
        due_at=max(now, min(message.expires_at - ahead, now + SOON)),
        by=by,
        note=f"The text was about: {ABOUT[Purpose(message.purpose)]}.",
    )
    return True
