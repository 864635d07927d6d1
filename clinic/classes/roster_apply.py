"""A proposal carried out, whole or in part: every seat looked at again and offered through the one door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from clinic import audit
from clinic.access import queries as access
from clinic.classes import candidates, handover, offers, queries, roster_facts, seats
from clinic.classes import placement as placing
from clinic.classes.errors import CannotSeat, HasOpenOffer
from clinic.classes.offer_rows import StandingLine
from clinic.classes.rules import placement
from clinic.classes.rules.roster_model import most
from clinic.classes.rules.roster_reasons import called
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode
from clinic.viewer import Viewer


@dataclass(frozen=True)
class Chosen:
    """One line of a proposal that somebody ticked: these classes for this person."""

    episode_id: int
    class_ids: tuple[int, ...]


@dataclass(frozen=True)
class Refused:
    """Somebody who was not offered the seats after all, by name, and why."""

    chosen: Chosen
    name: str
    why: str
    waits: bool = True


@dataclass(frozen=True)
class Applied:
    """What came of it: episodes with an offer now, and who could not be given one."""

    offered: tuple[int, ...]
    refused: tuple[Refused, ...]


class NoLongerSuits(CannotSeat):
    """What the proposal rested on has changed since it was made."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class _Turn:
    """Somebody's place in the line and name."""

    place: int
    name: str


def apply(
    *, clinic_id: int, chosen: Sequence[Chosen], by: Viewer, now: datetime, out_of_turn: str | None = None
) -> Applied:
    """Offer each their seats in the order of the waiting list, each in a transaction of its own.

    One that cannot be given keeps nobody else from theirs. A seat whose turn is somebody else's is refused,
    unless a physiotherapist says in `out_of_turn` why.
    """
    line = {
        episode.id: _Turn(place, episode.patient.full_name)
        for place, (_, episode) in enumerate(placing.waiting_list(clinic_id))
    }
    last = _Turn(len(line), "Somebody")
    offered: list[int] = []
    refused: list[Refused] = []
    for one in sorted(chosen, key=lambda one: line.get(one.episode_id, last).place):
        turn = line.get(one.episode_id, last)
        try:
            if turn is last:
                raise NoLongerSuits("They do not wait for a class any more.")
            _offer(one, by=by, now=now, out_of_turn=out_of_turn)
            offered.append(one.episode_id)
        except CannotSeat as problem:
            refused.append(Refused(one, turn.name, problem.text, waits=turn is not last))
    _record(clinic_id, offered, refused, by=by)
    return Applied(tuple(offered), tuple(refused))


@transaction()
def _offer(one: Chosen, *, by: Viewer, now: datetime, out_of_turn: str | None) -> None:
    """Looked at under the person's lock, so that what is checked is what is offered."""
    seats.lock_people([one.episode_id])
    if queries.open_offers(one.episode_id):
        raise HasOpenOffer
    lines = _lines(one, now)
    offers.make(episode_id=one.episode_id, lines=lines, by=by, now=now, out_of_turn=out_of_turn)


def _lines(one: Chosen, now: datetime) -> list[StandingLine]:
    """The seats of a proposal as they can be offered now; raises NoLongerSuits with the reason."""
    episode = db.session.get_one(Episode, one.episode_id)
    today = access.local(episode.clinic_id, now).date()
    known = candidates.known_of([episode.id], today, now)
    person = candidates.candidate(episode, known)
    rows = {row.id: row for row in queries.running_classes(episode.clinic_id, today)}
    if not one.class_ids or not rows.keys() >= set(one.class_ids):
        raise NoLongerSuits("One of the classes is no longer held.")
    facts = [candidates.class_facts(rows[cls]) for cls in one.class_ids]
    apart = all(placement.rested(a.weekday, b.weekday) for a, b in combinations(facts, 2))
    if len(facts) > most(person) or not apart:
        raise NoLongerSuits("They no longer want, or can have, two classes a week.")
    for cls in facts:
        reasons = [misfit.text for misfit in placement.fits(person, cls)]
        if (int(cls.id), None) in known.refused[episode.id]:
            reasons.append(candidates.SAID_NO)
        if reasons:
            raise NoLongerSuits(f"{called(cls)}: {' '.join(reasons)}")
    lines = [handover.first_line(rows[cls], now, person) for cls in one.class_ids]
    whole = [line for line in lines if line is not None]
    if len(whole) < len(lines):
        raise NoLongerSuits(roster_facts.NO_SESSION.text)
    return whole


@transaction()
def _record(clinic_id: int, offered: Sequence[int], refused: Sequence[Refused], *, by: Viewer) -> None:
    passed = [one.chosen.episode_id for one in refused]
    audit.record("roster.applied", by=by, clinic_id=clinic_id, offered=list(offered), refused=passed)
