"""What a registered practice sees of a patient whom somebody else referred: where she is, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clinic.access import queries as access
from clinic.extensions import db
from clinic.patients import registrations
from clinic.patients.models import Patient, Registration
from clinic.referrals import phrases
from clinic.referrals.models import Episode, Letter, Referral, StateChange
from clinic.viewer import acting_as, current, system


@dataclass(frozen=True, slots=True)
class Followed:
    """One patient of the practice, in plain values: no row of another organisation leaves here."""

    public_id: str
    name: str
    birth_date: str
    clinic_id: int
    state: str
    ended_reason: str | None
    next_step: str
    next_on: date | None
    referred_by: str
    moves: tuple[tuple[datetime, str], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state != "ended"


def followed() -> list[Followed]:
    """The viewer's patients with an episode somebody else referred, newest first; none who shares nothing."""
    rows = registrations.of_practice(current().organisation_id or 0)
    return [one for row in rows if (one := _look(row)) is not None]


def one(public_id: str) -> Followed | None:
    """One of them with what has happened; None once she is registered elsewhere or shares nothing."""
    row = registrations.mine(public_id)
    return _look(row, moves=True) if row is not None else None


def letters(public_id: str) -> list[Letter]:
    """The practice's own copies of letters about this patient, newest first."""
    row = registrations.mine(public_id)
    if row is None:
        return []
    query = select(Letter).where(Letter.patient_id == row.patient_id).order_by(Letter.id.desc())
    return list(db.session.scalars(query))


def _look(row: Registration, *, moves: bool = False) -> Followed | None:
    with acting_as(system("registered practice", row.clinic_id)):
        if not registrations.may_see(row.patient_id):
            return None
        newest = select(Episode).where(Episode.patient_id == row.patient_id).order_by(Episode.id.desc())
        episode = db.session.scalars(newest.limit(1)).first()
        if episode is None or episode.organisation_id == row.organisation_id:
            return None
        patient = db.session.get_one(Patient, row.patient_id)
        return Followed(
            public_id=row.public_id,
            name=patient.full_name,
            birth_date=patient.birth_date,
            clinic_id=row.clinic_id,
            state=episode.state.value,
            ended_reason=episode.ended_reason.value if episode.ended_reason else None,
            next_step=episode.next_step,
            next_on=episode.next_on,
            referred_by=_referred_by(episode),
            moves=_moves(episode, row.since) if moves else (),
        )


def _referred_by(episode: Episode) -> str:
    if episode.organisation_id is not None:
        return access.organisation(episode.organisation_id).name
    query = select(Referral.source).where(Referral.episode_id == episode.id).order_by(Referral.id).limit(1)
    return "the patient" if db.session.scalars(query).first() == "self" else "somebody who wrote to us"


def _moves(episode: Episode, since: date) -> tuple[tuple[datetime, str], ...]:
    """Newest first, in the words for a referrer, without notes; from the day she came to them on."""
    query = select(StateChange).where(StateChange.episode_id == episode.id).order_by(StateChange.id.desc())
    return tuple(
        (row.at, phrases.STATE_FOR_REFERRER[row.after])
        for row in db.session.scalars(query)
        if access.local(episode.clinic_id, row.at).date() >= since
    )
