"""The first word from us: a letter with our number printed, then a text once it will have arrived (F31)."""

from __future__ import annotations

from datetime import timedelta

from clinic.extensions import db, now
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.patients import needs
from clinic.patients import queries as patients
from clinic.referrals import letters
from clinic.referrals.models import Episode
from clinic.viewer import acting_as, system

WELCOME = "welcome"
LETTER_FIRST = timedelta(
    days=3
)  # the post's own time: nobody should hear first from a number they do not know
WORTH_SAYING = timedelta(days=7)


def welcomed(*, episode_id: int) -> None:
    """On episode_accepted: the letter now, the text after it; both once for an episode.

    The text is what makes us ask whether the number is theirs, before anything clinical is sent (F9).
    """
    with acting_as(system("welcome")):
        episode = db.session.get_one(Episode, episode_id)
        patient = patients.patient(episode.patient_id)
        if not letters.to_patient(episode=episode, kind=WELCOME):
            return
        if needs.wants_a_call(patient.needs) or patients.main_contact(patient.id) is None:
            return
        moment = now()
        outbox.plan_one(
            patient=patient,
            text=WELCOME,
            purpose=Purpose.WELCOME,
            cause_kind="episode",
            cause_id=episode.id,
            rule=WELCOME,
            due_at=moment + LETTER_FIRST,
            expires_at=moment + LETTER_FIRST + WORTH_SAYING,
            now=moment,
        )
