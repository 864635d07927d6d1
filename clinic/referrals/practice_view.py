"""What a registered practice sees of a patient whom somebody else referred: where she is, what is next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import Organisation
from clinic.extensions import db
from clinic.patients import registrations
from clinic.patients.models import Registration
from clinic.referrals import phrases
from clinic.referrals.models import Episode, Letter, Referral, Source, StateChange
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
    of_clinic = {row.clinic_id: [one for one in rows if one.clinic_id == row.clinic_id] for row in rows}
    found = {one.public_id: one for some in of_clinic.values() for one in _look(some)}
    return [found[row.public_id] for row in rows if row.public_id in found]


def one(public_id: str) -> Followed | None:
    """One of them with what has happened; None once she is registered elsewhere or shares nothing."""
    row = registrations.mine(public_id)
    return next(iter(_look([row], moves=True)), None) if row is not None else None


def letters(public_id: str) -> list[Letter]:
    """The practice's own copies of letters about this patient, newest first."""
    row = registrations.mine(public_id)
    if row is None:
        return []
    query = select(Letter).where(Letter.patient_id == row.patient_id).order_by(Letter.id.desc())
    return list(db.session.scalars(query))


def _look(rows: Sequence[Registration], *, moves: bool = False) -> list[Followed]:
    """Those of one clinic; as many statements for one as for all of them."""
    with acting_as(system("registered practice", rows[0].clinic_id)):
        newest = _newest_episodes(registrations.sharing(row.patient_id for row in rows))
        theirs = {
            row: episode
            for row in rows
            if (episode := newest.get(row.patient_id)) and episode.organisation_id != row.organisation_id
        }
        referred_by = _referred_by(theirs.values())
        return [
            Followed(
                public_id=row.public_id,
                name=episode.patient.full_name,
                birth_date=episode.patient.birth_date,
                clinic_id=row.clinic_id,
                state=episode.state.value,
                ended_reason=episode.ended_reason.value if episode.ended_reason else None,
                next_step=episode.next_step,
                next_on=episode.next_on,
                referred_by=referred_by[episode.id],
                moves=_moves(episode, row.since) if moves else (),
            )
            for row, episode in theirs.items()
        ]


def _newest_episodes(patient_ids: Iterable[int]) -> dict[int, Episode]:
    query = select(Episode).where(Episode.patient_id.in_(list(patient_ids))).order_by(Episode.id)
    return {episode.patient_id: episode for episode in db.session.scalars(query)}


def _referred_by(episodes: Collection[Episode]) -> dict[int, str]:
    """In words, by episode: an organisation's name, or who it was when none of ours sent it."""
    known = select(Organisation).where(Organisation.id.in_({one.organisation_id for one in episodes}))
    names = {row.id: row.name for row in db.session.scalars(known)}
    alone = [episode.id for episode in episodes if episode.organisation_id is None]
    sources = select(Referral.episode_id, Referral.source).where(Referral.episode_id.in_(alone))
    first = {row.episode_id: row.source for row in db.session.execute(sources.order_by(Referral.id.desc()))}
    return {
        episode.id: names.get(episode.organisation_id or 0)
        or ("the patient" if first.get(episode.id) is Source.SELF else "somebody who wrote to us")
        for episode in episodes
    }


def _moves(episode: Episode, since: date) -> tuple[tuple[datetime, str], ...]:
    """Newest first, in the words for a referrer, without notes; from the day she came to them on."""
    query = select(StateChange).where(StateChange.episode_id == episode.id).order_by(StateChange.id.desc())
    return tuple(
        (row.at, phrases.STATE_FOR_REFERRER[row.after])
        for row in db.session.scalars(query)
        if access.local(episode.clinic_id, row.at).date() >= since
    )
