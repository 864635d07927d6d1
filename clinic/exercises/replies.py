"""What she answers to a prompt: DONE, PAIN n, MORE, EASIER; pain of 7 or more opens an alert."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.exercises.models import ExerciseLog, Prompt
from clinic.extensions import db, transaction
from clinic.notifications.heard import Answer, Heard
from clinic.referrals import queries as referrals
from clinic.referrals.models import Episode
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist

HIGH_PAIN = 7  # of 10, rules.md section 3: RF6
ALERT_CLOCK = timedelta(minutes=30)  # real time, nights and weekends included (F1)


class NoEpisode(Exception):
    """Somebody answers who is not with us any more; a person reads it."""


@transaction()
def done(heard: Heard) -> Answer:
    """DONE counts one exercise on one day, the prompt's own day."""
    episode, prompt = _about(heard)
    _log(heard, episode, prompt, done=True)
    return Answer("prompt_done", {}, "exercise_done")


@transaction()
def pain(heard: Heard) -> Answer:
    """PAIN n is kept; 7 or more alerts the duty person at once and answers what to do."""
    episode, prompt = _about(heard)
    score = heard.reading.score
    _log(heard, episode, prompt, pain=score)
    if score is None or score < HIGH_PAIN:
        return Answer("pain_noted", {}, "pain_noted")
    worklist.raise_alert(
        kind="pain_high",
        patient_id=heard.patient_id,
        cause_kind="inbound",
        cause_id=heard.inbound_id,
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        due_at=heard.at + ALERT_CLOCK,
        by=_by(),
    )
    return Answer("pain_high", {}, "alert")


@transaction()
def change_wanted(heard: Heard) -> Answer:
    """MORE or EASIER: a person changes a plan, so it goes to the instructor's list."""
    episode, _ = _about(heard)
    worklist.open_task(
        kind=f"plan_{heard.reading.intent}",
        patient_id=heard.patient_id,
        cause_kind="episode",
        cause_id=episode.id,
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        due_at=heard.at + timedelta(days=3),
        by=_by(),
    )
    return Answer("unclear_answer", {}, "task")


def _about(heard: Heard) -> tuple[Episode, Prompt | None]:
    episode = referrals.open_episode(heard.patient_id)
    if episode is None:
        raise NoEpisode(heard.patient_id)
    if heard.question is not None and heard.question.cause_kind == "prompt":
        return episode, db.session.get(Prompt, heard.question.cause_id)
    day = heard.at.astimezone(access.zone_of(episode.clinic_id)).date()
    return episode, db.session.scalars(
        select(Prompt).where(Prompt.episode_id == episode.id, Prompt.day == day)
    ).first()


def _log(
    heard: Heard, episode: Episode, prompt: Prompt | None, *, done: bool = False, pain: int | None = None
) -> None:
    if prompt:
        prompt.state = "answered"
    row = ExerciseLog(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=heard.patient_id,
        episode_id=episode.id,
        prompt_id=prompt.id if prompt else None,
        exercise_id=prompt.exercise_id if prompt else None,
        done_on=prompt.day if prompt else heard.at.astimezone(access.zone_of(episode.clinic_id)).date(),
        done=done,
        pain=pain,
    )
    db.session.add(row)
    audit.record("exercise.reported", by=_by(), about=row)


def _by() -> Viewer:
    return system("reply")
