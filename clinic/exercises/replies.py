"""What she answers to a prompt: DONE, PAIN n, MORE, EASIER; pain of 7 or more opens an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.exercises.models import ExerciseLog, Prompt
from clinic.extensions import db, transaction
from clinic.notifications.heard import Answer, Heard
from clinic.patients import queries as patients
from clinic.patients.models import Patient
from clinic.referrals import queries as referrals
from clinic.referrals.models import Episode
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist

HIGH_PAIN = 7  # of 10, rules.md section 3: RF6
ALERT_CLOCK = timedelta(minutes=30)  # real time, nights and weekends included (F1)
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class About:
    """Whom a reply is about; somebody who is not with us any more has no episode and a person reads it."""

    patient: Patient
    episode: Episode | None
    prompt: Prompt | None
    day: date  # the prompt's own day, else the clinic date of the reply


@transaction()
def done(heard: Heard) -> Answer:
    """DONE counts one exercise on one day, the prompt's own day, however often it is said."""
    about = _about(heard)
    if about.episode is None:
        return _for_a_person(heard, about, "reply_without_episode")
    if not _counted(about):
        _log(about, about.episode, done=True)
    return Answer("prompt_done", {}, "exercise_done")


@transaction()
def pain(heard: Heard) -> Answer:
    """PAIN n is kept; 7 or more alerts the duty person at once, with us or not any more."""
    about, score = _about(heard), heard.reading.score
    if about.episode is not None:
        _log(about, about.episode, pain=score)
    if score is not None and score < HIGH_PAIN:
        return Answer("pain_noted", {}, "pain_noted")
    worklist.raise_alert(**_work(heard, about, "pain_high", ALERT_CLOCK))
    return Answer("pain_high", {}, "alert")


@transaction()
def change_wanted(heard: Heard) -> Answer:
    """MORE or EASIER: a person changes a plan, so it goes to the team's list, once while it stands there."""
    about, wish = _about(heard), heard.reading.intent.value
    if about.episode is None:
        return _for_a_person(heard, about, "reply_without_episode")
    cause = {"cause_kind": "episode", "cause_id": about.episode.id}
    worklist.open_task(**{**_work(heard, about, f"plan_{wish}", SOON), **cause})
    return Answer(f"{wish}_answer", {}, "task")


def _about(heard: Heard) -> About:
    patient = patients.patient(heard.patient_id)
    episode = referrals.open_episode(heard.patient_id)
    today = heard.at.astimezone(access.zone_of(patient.clinic_id)).date()
    prompt = None
    if heard.question is not None and heard.question.cause_kind == "prompt":
        prompt = db.session.get(Prompt, heard.question.cause_id)
    elif episode is not None:
        todays = select(Prompt).where(Prompt.episode_id == episode.id, Prompt.day == today)
        prompt = db.session.scalars(todays).first()
    return About(patient, episode, prompt, prompt.day if prompt else today)


def _counted(about: About) -> bool:
    """Whether this exercise of this day was reported as done before."""
    exercise = about.prompt.exercise_id if about.prompt else None
    same = select(ExerciseLog.id).where(
        ExerciseLog.patient_id == about.patient.id,
        ExerciseLog.done_on == about.day,
        ExerciseLog.exercise_id == exercise,
        ExerciseLog.done,
    )
    return db.session.scalars(same.limit(1)).first() is not None


def _log(about: About, episode: Episode, *, done: bool = False, pain: int | None = None) -> None:
    if about.prompt:
        about.prompt.state = "answered"
    row = ExerciseLog(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        prompt_id=about.prompt.id if about.prompt else None,
        exercise_id=about.prompt.exercise_id if about.prompt else None,
        done_on=about.day,
        done=done,
        pain=pain,
    )
    db.session.add(row)
    audit.record("exercise.reported", by=_by(), about=row)


def _for_a_person(heard: Heard, about: About, kind: str) -> Answer:
    worklist.open_task(**_work(heard, about, kind, SOON))
    return Answer("unclear_answer", {}, "task")


def _work(heard: Heard, about: About, kind: str, clock: timedelta) -> dict[str, Any]:
    due: datetime = heard.at + clock
    return {
        "kind": kind,
        "patient_id": heard.patient_id,
        "cause_kind": "inbound",
        "cause_id": heard.inbound_id,
        "clinic_id": about.patient.clinic_id,
        "organisation_id": about.patient.organisation_id,
        "due_at": due,
        "by": _by(),
    }


def _by() -> Viewer:
    return system("reply")
