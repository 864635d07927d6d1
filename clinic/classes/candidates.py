"""People and classes as the rules of placement see them; everybody on a list in the same few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from clinic.classes import companions
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Offer,
    OfferLine,
    OfferState,
    Place,
    PlaceState,
    WaitingEntry,
)
from clinic.classes.rules.capacity import Level
from clinic.classes.rules.placement import Candidate, ClassFacts
from clinic.classes.rules.ranking import Waiter
from clinic.extensions import db
from clinic.referrals.models import Decision, Episode, State
from clinic.worklist.models import CallListEntry, WorkState

DECLINED_FOR = timedelta(days=42)
MAY_SIT = (State.AWAITING_ASSESSMENT, State.WAITING, State.OFFERED, State.IN_CLASS)
HAS_OFFER = "Has an offer that waits for an answer."
NOT_NOW = "Is paused, suspended or not yet accepted."
SAID_NO = "Was offered this class and did not take it."
ASKED_LATELY = "Was asked about another single session in the last two days."
NOT_WANTED = "Said that a place is no longer wanted; a person is to confirm it."
MODALITIES = frozenset({"land", "water", "video"})
ASK_AGAIN_AFTER = timedelta(days=2)
WAITING_LIST, NO_LONGER_WANTED = "waiting_list", "no_longer_wanted"


@dataclass
class Known:
    """What is known of some episodes' seats, by episode."""

    gate: dict[int, date | None] = field(default_factory=dict)
    weekdays: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    dates: dict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    offered: set[int] = field(default_factory=set)
    refused: dict[int, set[tuple[int, int | None]]] = field(default_factory=lambda: defaultdict(set))
    asked_lately: set[int] = field(default_factory=set)
    leaving: set[int] = field(default_factory=set)
    brings: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """Everybody on a waiting list and what is known of them: read once, looked at for every free seat."""

    rows: Sequence[tuple[WaitingEntry, Episode]]
    known: Known


def class_facts(row: ExerciseClass, *, freed: int = 0) -> ClassFacts:
    """A class for the rules; `freed` seats are about to be free."""
    return ClassFacts(
        id=str(row.id),
        level=Level(row.level_phase, row.level_band),
        weekday=row.weekday,
        wall_time=row.wall_time,
        venue=str(row.venue_id),
        free_standing=max(0, row.capacity - row.taken) + freed,
        room_left=row.room - row.beside - row.taken + freed,
        modality=row.modality,
        access=frozenset(row.venue.access),
    )


def candidate(episode: Episode, known: Known) -> Candidate:
    """A person for the rules; an unconfirmed band counts as provisional."""
    wishes: dict[str, Any] = episode.wishes or {}
    days = wishes.get("days")
    halves = frozenset((day, half) for day in days for half in ("am", "pm")) if days else None
    venues = wishes.get("venues")
    return Candidate(
        phase=episode.phase or "P1",
        band=episode.band or "high",
        provisional=episode.confirmed_on is None,
        ceiling=None if episode.confirmed_on else "high",
        halfdays=halves,
        venues=frozenset(map(str, venues)) if venues else None,
        modalities=frozenset({"land", *wishes.get("also", ())} & MODALITIES),
        taught=bool((episode.case.get("progress") or {}).get("taught")),
        water_screened="water_screened" in wishes.get("also", ()),
        someone_at_home="someone_at_home" in wishes.get("also", ()),
        emergency_address="emergency_address" in wishes.get("also", ()),
        needs=frozenset(wishes.get("needs", ())),
        brings=known.brings.get(episode.id, 0),
        sessions_wanted=int(wishes.get("sessions", 2)),
        group_start=known.gate.get(episode.id),
        held_weekdays=frozenset(known.weekdays[episode.id]),
    )


def known_of(episode_ids: Collection[int], today: date, now: datetime) -> Known:
    """Gates, seats, offers and refusals of these episodes: a few queries, however many they are."""
    known, ids = Known(), sorted(episode_ids)
    for row in db.session.execute(_newest_decisions(ids)):
        known.gate[row.episode_id] = gate_opens(row.answer, today)
    standing = (
        select(Member.episode_id, ExerciseClass.weekday)
        .join(ExerciseClass, ExerciseClass.id == Member.class_id)
        .where(Member.episode_id.in_(ids), Member.state != MemberState.LEFT)
    )
    for episode_id, weekday in db.session.execute(standing):
        known.weekdays[episode_id].add(weekday)
    dated = select(Place.episode_id, Place.local_date).where(
        Place.episode_id.in_(ids), Place.local_date >= today, Place.state != PlaceState.RELEASED
    )
    for episode_id, on in db.session.execute(dated):
        known.dates[episode_id].add(on)
    offers = select(Offer.episode_id).where(Offer.episode_id.in_(ids), Offer.state == OfferState.OPEN)
    known.offered = set(db.session.scalars(offers))
    for episode_id, class_id, session_id, answered in db.session.execute(_refusals(ids, now - DECLINED_FOR)):
        known.refused[episode_id].add((class_id, session_id))
        if session_id is not None and now - answered < ASK_AGAIN_AFTER:
            known.asked_lately.add(episode_id)
    known.leaving = set(db.session.scalars(_leaving(ids)))
    people = companions.known(ids)
    known.brings = {key: companions.beside(people[key], first=True) for key in companions.of(people)}
    return known


def gate_opens(answer: dict[str, Any], today: date) -> date | None:
    """The date from which the group gate is open, by the engine's newest answer; None while it is closed."""
    gate = answer.get("gates", {}).get("group_start", {})
    if gate.get("from"):
        return date.fromisoformat(gate["from"])
    return today if gate.get("open") else None


def line_of(clinic_id: int, today: date, now: datetime, *, only: int | None = None) -> Line:
    """The waiting list of a clinic, or one episode's part of it, in no order."""
    query = (
        select(WaitingEntry, Episode)
        .join(Episode, Episode.id == WaitingEntry.episode_id)
        .where(WaitingEntry.clinic_id == clinic_id, WaitingEntry.closed_at.is_(None))
        .options(lazyload(Episode.patient))
        .execution_options(populate_existing=only is not None)
    )
    if only is not None:
        query = query.where(WaitingEntry.episode_id == only)
    rows = [(entry, one) for entry, one in db.session.execute(query)]
    return Line(rows, known_of([episode.id for _, episode in rows], today, now))


def waiters(line: Line, *, class_id: int, session_id: int | None = None) -> list[Waiter]:
    """A waiting list as it stands for a standing seat of this class or, with a session, for one visit.

    Those who only want visits are left out for a standing seat.
    """
    known = line.known
    return [
        Waiter(
            id=f"{episode.id:012d}",  # by age where tier and date are equal
            tier=entry.tier,
            referred_on=entry.referred_on,
            candidate=candidate(episode, known),
            unavailable=_unavailable(episode, known, class_id, session_id),
            dates_held=frozenset(known.dates[episode.id]),
        )
        for entry, episode in line.rows
        if session_id or not entry.visits_only
    ]


def classes_of(rows: Iterable[ExerciseClass]) -> dict[int, ClassFacts]:
    return {row.id: class_facts(row) for row in rows}


def _unavailable(episode: Episode, known: Known, class_id: int, session_id: int | None) -> str | None:
    if episode.state not in MAY_SIT or episode.suspended_at is not None:
        return NOT_NOW
    if episode.id in known.offered:
        return HAS_OFFER
    if episode.id in known.leaving:
        return NOT_WANTED
    if session_id is not None and episode.id in known.asked_lately:
        return ASKED_LATELY
    return SAID_NO if {(class_id, None), (class_id, session_id)} & known.refused[episode.id] else None


def _newest_decisions(ids: Sequence[int]) -> Any:
    suggested = (Decision.episode_id.in_(ids), Decision.kind == "suggested")
    newest = select(func.max(Decision.id)).where(*suggested).group_by(Decision.episode_id)
    return select(Decision.episode_id, Decision.answer).where(Decision.id.in_(newest))


def _refusals(ids: Sequence[int], since: datetime) -> Any:
    """What somebody lately declined, or let lapse: (class, None) or (class, session)."""
    class_id = func.coalesce(OfferLine.class_id, ClassSession.class_id)
    return (
        select(Offer.episode_id, class_id, OfferLine.session_id, Offer.answered_at)
        .join(OfferLine, OfferLine.offer_id == Offer.id)
        .outerjoin(ClassSession, ClassSession.id == OfferLine.session_id)
        .where(
            Offer.episode_id.in_(ids),
            Offer.state.in_([OfferState.DECLINED, OfferState.EXPIRED]),
            Offer.answered_at >= since,
        )
    )


def _leaving(ids: Sequence[int]) -> Any:
    """Who answered that a place is no longer wanted, until a person has confirmed or corrected it (F36)."""
    said = (CallListEntry.kind == NO_LONGER_WANTED, CallListEntry.state == WorkState.OPEN)
    return (
        select(WaitingEntry.episode_id)
        .join(CallListEntry, CallListEntry.cause_id == WaitingEntry.id)
        .where(*said, CallListEntry.cause_kind == WAITING_LIST, WaitingEntry.episode_id.in_(ids))
    )
