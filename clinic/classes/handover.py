"""Every freed seat goes through here: released, and in the same transaction held for who is next.

Ranked before any class or session is locked, looked at again under the person's own lock, and taken in the
same `seats.change` that frees it, so nobody can step in between.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from clinic.access import queries as access
from clinic.classes import candidates, full_dates, offer_rows, queries, reminders, seats, waiting
from clinic.classes.errors import CannotSeat
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, Place, SessionState
from clinic.classes.offer_rows import Line, StandingLine, VisitLine
from clinic.classes.rules import placement
from clinic.classes.takes import Change, Release, StandingRelease, Take, VisitRelease
from clinic.extensions import db, transaction
from clinic.referrals import states
from clinic.referrals.models import Episode, State
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist


@dataclass(frozen=True)
class Vacant:
    """A seat that is free or about to be: standing in a class, or in one session."""

    row: ExerciseClass
    session: ClassSession | None = None
    since: date | None = None
    released: bool = False  # not yet in the class's counter
    alone: bool = False  # no second class with it

    @property
    def counts(self) -> int:
        """What the class's counter does not show: a seat about to be free, or one of a single date."""
        return int(self.released or self.session is not None)


@dataclass(frozen=True)
class Promise:
    """What the next person will be offered, and until when; without a time we ring them instead."""

    chosen: waiting.Next
    lines: tuple[Line, ...]
    expires_at: datetime | None
    vacant: Vacant


def change(
    *,
    releases: Sequence[Release],
    by: Viewer,
    now: datetime,
    takes: Sequence[Take] = (),
    not_to: Collection[int] = (),
) -> Change:
    """Change seats and hand on each one that is freed; the caller holds the leaving episodes' locks."""
    promises: list[Promise] = []
    theirs: list[Any] = []
    passed = set(not_to)
    for vacant in _vacancies(releases, now):
        own = full_dates.first_for(vacant.session.id, passed, now) if vacant.session else None
        if own is not None:
            theirs.append(own)
            passed.add(own.episode_id)
        elif (found := next_for(vacant, passed, now)) is not None:
            promises.append(found)
            passed.add(found.chosen.person.id)
    kept = [promise for promise in promises if promise.expires_at is not None]
    held = [take for p in kept for take in offer_rows.held(p.lines, p.chosen.person.id)]
    held += [full_dates.take(own) for own in theirs]
    try:
        with transaction():
            done = seats.change(takes=[*takes, *held], releases=releases, by=by, now=now)
    except CannotSeat:  # not for the next person: capacity was lowered, or the second seat of a pair is gone
        kept, theirs = [], []
        done = seats.change(takes=takes, releases=releases, by=by, now=now)
    reminders.follow(done, now=now)
    for own in theirs:
        full_dates.tell_free(own, by=by, now=now)
    for promise in promises:
        tell(promise, promise in kept, by, now)
    return done


def _vacancies(releases: Sequence[Release], now: datetime) -> list[Vacant]:
    found = []
    for one in releases:
        if isinstance(one, VisitRelease):
            session = db.session.get_one(Place, one.place_id).session
            if session.starts_at > now and session.state is SessionState.PLANNED:
                found.append(Vacant(session.klass, session, released=True))
        elif isinstance(one, StandingRelease) and one.state is MemberState.LEFT:
            row = db.session.get_one(Member, one.member_id).klass
            found.append(Vacant(row, since=one.from_date, released=True))
    return found


def next_for(
    vacant: Vacant, but_not: Collection[int], now: datetime, *, unasked: bool = False
) -> Promise | None:
    """Who is next for a seat and what they would be offered, their episode locked; None when it suits nobody.

    `unasked`, when nobody has just given it up: who is new on the list is placed by hand first, and a
    standing seat that suits them waits for that rather than pass them over.
    """
    clinic_id = vacant.row.clinic_id
    seat, keys = waiting.vacancy(
        vacant.row, vacant.session, freed=vacant.counts, leaving=int(vacant.released)
    )
    line = waiting.in_line(clinic_id, now, **keys)
    new = waiting.by_hand_first(clinic_id, now) if unasked else frozenset()
    passed = {*but_not, *(new if vacant.session else ())}
    chosen = waiting.choose(seat, line, keys, but_not=passed, now=now)
    if chosen is None or chosen.person.id in new:
        return None
    lines = _lines(vacant, chosen, now)
    if not lines:
        return None
    first = vacant.session.starts_at if vacant.session else None
    expires_at = offer_rows.expiry(clinic_id, offer_rows.kind_of(lines), first, now)
    return Promise(chosen, lines, expires_at, vacant)


def _lines(vacant: Vacant, chosen: waiting.Next, now: datetime) -> tuple[Line, ...]:
    """The seat itself; who wants two gets the best class to go with it as well, if one is free."""
    if vacant.session is not None:
        return (VisitLine(vacant.session.id),)
    today = access.local(vacant.row.clinic_id, now).date()
    rows = {row.id: row for row in queries.running_classes(vacant.row.clinic_id, today)}
    rows = {vacant.row.id: vacant.row} if vacant.alone else rows
    facts = [
        candidates.class_facts(row, freed=vacant.counts if row.id == vacant.row.id else 0)
        for row in rows.values()
    ]
    pairs = placement.suggest(chosen.waiter.candidate, facts).pairs
    with_it = (pair for pair in pairs if str(vacant.row.id) in {one.id for one in pair.classes})
    best = next(with_it, None)
    ids = [int(one.id) for one in best.classes] if best else [vacant.row.id]
    person, since = chosen.waiter.candidate, vacant.since
    lines = [first_line(rows[one], now, person, since=since) for one in ids if one in rows]
    return tuple(line for line in lines if line is not None)


def first_line(
    row: ExerciseClass, now: datetime, person: placement.Candidate, *, since: date | None = None
) -> StandingLine | None:
    """A standing line from the first session after an offer made now would have lapsed.

    Not before the person's group gate opens, nor before `since`, when whoever leaves has left.
    """
    if person.group_start is None:
        return None
    lapses = offer_rows.expiry(row.clinic_id, offer_rows.STANDING, None, now) or now
    begins = max(person.group_start, since or person.group_start)
    session = queries.next_session(row.id, lapses + timedelta(hours=1), since=begins)
    return StandingLine(row.id, session.local_date) if session else None


def tell(promise: Promise, is_held: bool, by: Viewer, now: datetime) -> None:
    """Keep who was passed over, and write the offer; for a seat too soon for a text, ring."""
    person = promise.chosen.person
    asker = system("handover", person.clinic_id)
    session_id = promise.vacant.session.id if promise.vacant.session else None
    waiting.keep_skips(promise.chosen, promise.vacant.row.id, now=now, by=asker, session_id=session_id)
    if is_held and promise.expires_at is not None:
        offer_rows.write(person=person, lines=promise.lines, expires_at=promise.expires_at, by=by, now=now)
        to_offered(person.id, promise.lines, by=by)
    elif promise.vacant.session is not None:
        worklist.add_call(
            kind="seat_free_soon",
            patient_id=person.patient_id,
            cause_kind="session",
            cause_id=promise.vacant.session.id,
            clinic_id=person.clinic_id,
            organisation_id=person.organisation_id,
            due_at=now,
            by=asker,
        )


def to_offered(episode_id: int, lines: Sequence[Line], *, by: Viewer) -> None:
    """An offer of standing seats moves the episode; who is not yet assessed stays to be assessed (F3)."""
    if offer_rows.kind_of(lines) != offer_rows.STANDING:
        return
    episode = db.session.get_one(Episode, episode_id)
    if episode.state in (State.WAITING, State.IN_CLASS):
        with acting_as(system("offers", episode.clinic_id)):
            states.move(episode, State.OFFERED, by=by)
