"""Every free seat finds who is next, however it came to be free: a sweep, and two calls for services.

A seat that somebody gives up is handed on by `handover` in the same transaction. What stays free (nobody
suited, a new class, more capacity, a session made with a seat empty, a pause, an offer that ended) is found
here by its counter alone, so a pass may run twice, late or not at all. First the dates that standing seats
lack, then standing seats, then single dates within a fortnight; each in a transaction of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from clinic.access import queries as access
from clinic.classes import (
    candidates,
    full_dates,
    handover,
    lending,
    offer_rows,
    queries,
    reminders,
    seats,
    waiting,
)
from clinic.classes.errors import CannotSeat
from clinic.classes.handover import Vacant
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, WaitingEntry
from clinic.classes.rules import placement, ranking, vacancies
from clinic.extensions import db, transaction
from clinic.viewer import Viewer, acting_as, system


def sweep(now: datetime) -> dict[str, int]:
    """One pass over every clinic; how many missing dates were filled, standing seats and visits offered."""
    with acting_as(system("promotion")):
        waits = select(WaitingEntry.clinic_id).where(WaitingEntry.closed_at.is_(None))
        sits = select(Member.clinic_id).where(Member.state != MemberState.LEFT)
        clinics = set(db.session.scalars(waits.union(sits)))
    counts: Counter[str] = Counter(dates=0, standing=0, visits=0)
    for clinic_id in sorted(clinics):
        counts.update(sweep_clinic(clinic_id, now))
    return dict(counts)


def sweep_clinic(clinic_id: int, now: datetime) -> dict[str, int]:
    """The same pass over one clinic; two at once give nobody two seats, and no seat to two."""
    counts: Counter[str] = Counter(dates=0, standing=0, visits=0)
    by = system("promotion", clinic_id)
    with acting_as(by):
        lending.settle(clinic_id, by=by, now=now)
        counts["dates"] += full_dates.settle(clinic_id, by=by, now=now)
        counts["standing"] += _offer_standing(clinic_id, by=by, now=now)
        for vacant, free in _free_dates(clinic_id, now):
            counts["visits"] += _offer_all(vacant, free, by=by, now=now)
    return dict(counts)


@transaction()
def hand_on_session(*, session_id: int, by: Viewer, now: datetime) -> int:
    """More room on one date: its own members first, then visitors; how many seats were given or offered.

    Takes part in the caller's transaction, which may hold this session's lock and no later one.
    """
    session = queries.session(session_id)
    with acting_as(system("promotion", session.clinic_id)):
        given = 0
        for row in full_dates.lacking(now, session_ids=[session_id]):
            given += full_dates.fill(row, by=by, now=now)
        if now < session.starts_at <= now + vacancies.LENT_AHEAD:
            vacant = Vacant(session.klass, session)
            given += _offer_all(vacant, _to_lend(session), by=by, now=now)
        return given


@transaction()
def hand_on_class(*, class_id: int, by: Viewer, now: datetime) -> int:
    """Free standing seats of one class (new, or with more room) to who is next; how many were offered.

    Takes part in the caller's transaction, which holds no lock of a session. Nobody is given a second class
    with it: the sweep, which holds no lock yet, offers pairs.
    """
    row = queries.klass(class_id)
    with acting_as(system("promotion", row.clinic_id)):
        return _offer_all(Vacant(row, alone=True), row.capacity - row.taken, by=by, now=now)


def _offer_standing(clinic_id: int, *, by: Viewer, now: datetime) -> int:
    """Each person in turn is offered what suits them best of all free classes; how many were.

    Whom a class is offered to is decided anew under the locks, so nobody ahead is passed over.
    """
    today, given = access.local(clinic_id, now).date(), 0
    line = candidates.line_of(clinic_id, today, now)
    rows = {str(row.id): row for row in queries.running_classes(clinic_id, today)} if line.rows else {}
    order = ranking.in_order(candidates.waiters(line, class_id=0))
    for waiter in (one for one in order if one.unavailable is None):
        refused = {class_id for class_id, session_id in line.known.refused[int(waiter.id)] if not session_id}
        free = [candidates.class_facts(row) for row in rows.values() if row.id not in refused]
        found = placement.suggest(waiter.candidate, free)
        best = [one.classes[0].id for one in (*found.pairs, *found.singles)]
        given += any(_offer(Vacant(rows[one]), by=by, now=now) for one in dict.fromkeys(best))
    return given


def _free_dates(clinic_id: int, now: datetime) -> Iterator[tuple[Vacant, int]]:
    """Every single date that somebody on the list could take as things stand; reads only."""
    line = candidates.line_of(clinic_id, access.local(clinic_id, now).date(), now)
    soon = now + vacancies.LENT_AHEAD
    for session in queries.sessions_with_room(clinic_id, now, soon) if line.rows else ():
        vacant = Vacant(session.klass, session)
        if (free := _to_lend(session)) and _suits(vacant, line):
            yield vacant, free


def _to_lend(session: ClassSession) -> int:
    row: ExerciseClass = session.klass
    return vacancies.to_lend(session.capacity, session.taken, max(0, row.capacity - row.taken))


def _suits(vacant: Vacant, line: candidates.Line) -> bool:
    """Without a lock and without a word: whether it is worth a transaction."""
    seat, keys = waiting.vacancy(vacant.row, vacant.session, freed=vacant.counts)
    return ranking.rank(candidates.waiters(line, **keys), seat).next is not None


def _offer_all(vacant: Vacant, free: int, *, by: Viewer, now: datetime) -> int:
    """Offer this seat as often as it is free, until nobody suits."""
    given = 0
    while given < free and _offer(vacant, by=by, now=now):
        given += 1
    return given


@transaction()
def _offer(vacant: Vacant, *, by: Viewer, now: datetime) -> bool:
    """Ranked before the seat is locked, looked at again under the person's lock, and taken by the guard."""
    promise = handover.next_for(vacant, (), now, unasked=True)
    if promise is None or promise.expires_at is None:
        return False  # too soon for a text: whoever freed the seat has rung
    held = offer_rows.held(promise.lines, promise.chosen.person.id)
    try:
        with transaction():
            done = seats.change(takes=held, by=by, now=now)
    except CannotSeat:  # filled meanwhile
        return False
    reminders.follow(done, now=now)
    handover.tell(promise, True, by, now)
    return True
