"""Letters that mix rooms: how it ended with attendance and outcomes; not seen, and no word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from clinic.access import queries as access
from clinic.classes.models import Outcome, Place
from clinic.desk import letter_words
from clinic.extensions import db, now, transaction
from clinic.referrals import letters, phrases, states
from clinic.referrals.decisions import Incomplete
from clinic.referrals.models import Assessment, Episode, Letter, Referral
from clinic.viewer import Viewer, acting_as, system

# how an episode that we had accepted may end, and what the practice is told beside the facts; any other end
# has its own letter (a decline) or is the practice's own doing (withdrawn), or none (entered twice)
SINCE: Mapping[str, str] = {
    "completed": "The patient can be referred again at any time.",
    "home_route": "The patient goes on with exercises at home, and can be referred again at any time.",
    "declined_by_patient": "The patient can be referred again at any time.",
    "not_suitable": "Please tell us if that changes: the patient can be referred again.",
    "moved": "A service nearer to the new address may take the patient on; we send what we hold when asked.",
    "admitted": "Please refer again when the patient is back home and walking.",
    "lost_contact": "We could not reach the patient. Please tell us of a better number, or of a reason.",
    "died": "Everything planned is cancelled, and nothing more is sent. Please tell us if this is a mistake.",
}
REACHED: Mapping[str, str] = {
    "no_answer": "We have telephoned and nobody answered.",
    "spoke": "We have spoken to the patient.",
    "not_rung": "We are about to telephone the patient.",
}
LOOK_BACK = timedelta(weeks=8)
MOST_DAYS = 4


@dataclass(frozen=True, slots=True)
class Missed:
    """Sessions with nobody there and no word, since the last letter about it."""

    episode: Episode
    dates: list[date]


@transaction()
def episode_ended(*, episode_id: int, reason: str) -> None:
    """On episode_ended: the practice hears how it ended, in the same transaction."""
    with acting_as(system("discharge letter")):
        episode = db.session.get_one(Episode, episode_id)
    by = system("discharge letter", episode.clinic_id)
    with acting_as(by):
        if reason not in SINCE or episode.confirmed_on is None or _declined(episode):
            return
        tests = _tests(episode)
        letters.write(
            episode=episode,
            kind="discharge",
            by=by,
            reason=reason,
            attendance=letter_words.attendance(p.outcome.value for p in _places(episode)),
            outcomes=letter_words.outcomes(tests),
            details=_details(episode),
            advice=SINCE[reason],
        )


def missed(patient_id: int) -> Missed | None:
    """What a letter about not attending would say now; None when there is nothing new to write."""
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != "ended")
    episode = db.session.scalars(query).first()
    if episode is None:
        return None
    since = max((today := _today(episode)) - LOOK_BACK, _last_written(episode))
    dates = [
        place.local_date
        for place in _places(episode)
        if place.outcome is Outcome.DID_NOT_ATTEND and since < place.local_date <= today
    ]
    return Missed(episode, dates[-MOST_DAYS:]) if dates else None


@transaction()
def did_not_attend(*, patient_id: int, reached: str, next_step: str, by: Viewer) -> list[Letter]:
    """A person's act (F30). Raises Incomplete."""
    found = missed(patient_id)
    if found is None:
        raise Incomplete("reached", "There is nothing new to write about")
    if reached not in REACHED:
        raise Incomplete("reached", "Say whether somebody has telephoned")
    if not next_step.strip():
        raise Incomplete("next_step", "Write what happens next")
    states.locked(found.episode.id)
    return letters.write(
        episode=found.episode,
        kind="did_not_attend",
        by=by,
        missed=letter_words.days(found.dates),
        attendance=letter_words.attendance(p.outcome.value for p in _places(found.episode)),
        reached=REACHED[reached],
        next_step=" ".join(next_step.split()),
    )


def of_patient(patient_id: int) -> list[Letter]:
    """Every letter about a patient, newest first."""
    return list(
        db.session.scalars(select(Letter).where(Letter.patient_id == patient_id).order_by(Letter.id.desc()))
    )


def _declined(episode: Episode) -> bool:
    newest = select(Letter.kind).where(Letter.episode_id == episode.id).order_by(Letter.id.desc())
    return db.session.scalars(newest.limit(1)).first() == "declined"


def _places(episode: Episode) -> list[Place]:
    """Her sessions up to today, by day."""
    query = select(Place).where(Place.episode_id == episode.id, Place.local_date <= _today(episode))
    return list(db.session.scalars(query.order_by(Place.local_date, Place.id)))


def _tests(episode: Episode) -> list[dict[str, Any]]:
    """What the referrer sent first and what we measured; the same test of one day once."""
    told = select(Referral.case).where(Referral.episode_id == episode.id).order_by(Referral.id)
    ours = select(Assessment.tests).where(Assessment.episode_id == episode.id).order_by(Assessment.id)
    rows = [test for case in db.session.scalars(told) for test in case.get("tests") or []]
    rows += [test for tests in db.session.scalars(ours) for test in tests or []]
    return list({(t.get("name"), t.get("on")): t for t in rows}.values())


def _details(episode: Episode) -> list[str]:
    lines = []
    came = [p for p in _places(episode) if p.outcome.value in letter_words.CAME]
    if came:
        lines.append(
            f"First session {phrases.short_day(came[0].local_date)},"
            f" last session {phrases.short_day(came[-1].local_date)}."
        )
    minutes = sum(place.minutes or 0 for place in came)
    if minutes:
        lines.append(f"{minutes} minutes of supervised exercise in all.")
    if episode.phase and episode.band:
        lines.append(f"At the end: {phrases.PHASE[episode.phase]}, {phrases.BAND[episode.band]}.")
    return lines


def _last_written(episode: Episode) -> date:
    query = select(Letter.written_at).where(Letter.episode_id == episode.id, Letter.kind == "did_not_attend")
    last = db.session.scalars(query.order_by(Letter.id.desc()).limit(1)).first()
    return access.local(episode.clinic_id, last).date() if last else date.min


def _today(episode: Episode) -> date:
    return access.local(episode.clinic_id, now()).date()
