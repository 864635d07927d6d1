"""One person in one session: booked as a visit, freed for one date, taken back within half an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic import audit
from clinic.classes import handover, queries, reminders, seats, turn
from clinic.classes.errors import CannotSeat, SessionIsOver, TooLateToUndo
from clinic.classes.models import Outcome, Place, PlaceState
from clinic.classes.offer_rows import VisitLine
from clinic.classes.takes import VisitRelease, VisitTake
from clinic.extensions import db, emit, transaction
from clinic.viewer import Viewer

UNDO_WITHIN = timedelta(minutes=30)
LATE_WITHIN = timedelta(hours=24)
"""A cancellation this close to the start is counted as late; nobody is reproached for it."""
CANNOT_COME = "cannot_come"


@transaction()
def book_visit(
    *, session_id: int, episode_id: int, by: Viewer, now: datetime, out_of_turn: str | None = None
) -> int:
    """A seat in one session, at once; the place's id.

    Raises ClassIsFull, AlreadyHasAPlace, SessionIsOver, CannotTakeASeat, and PassesOver unless a
    physiotherapist says in `out_of_turn` why somebody who waits longer is passed over.
    """
    turn.insist(episode_id, [VisitLine(session_id)], by=by, now=now, out_of_turn=out_of_turn)
    done = seats.change(takes=[VisitTake(session_id, episode_id)], by=by, now=now)
    reminders.follow(done, now=now)
    return done.places[0]


@transaction()
def cannot_come(*, place_id: int, by: Viewer, now: datetime) -> bool:
    """Free this one session and hand it on; a standing seat stays. False when it was not booked.

    Raises SessionIsOver once the session has started.
    """
    place = _locked(place_id)
    if place.session.starts_at <= now:
        raise SessionIsOver
    if place.state is not PlaceState.BOOKED:
        return False
    late = place.session.starts_at - now < LATE_WITHIN
    outcome = Outcome.CANCELLED_LATE if late else Outcome.CANCELLED_BY_PATIENT
    release = VisitRelease(place_id, CANNOT_COME, outcome)
    handover.change(releases=[release], by=by, now=now, not_to=[place.episode_id])
    audit.record("place.cannot_come", by=by, about=place, outcome=outcome.value)
    emit("place_freed", place_id=place_id)
    return True


@transaction()
def undo(*, place_id: int, by: Viewer, now: datetime) -> int:
    """Take the session back within half an hour if its seat is still free; the new place's id.

    Raises TooLateToUndo.
    """
    place = _locked(place_id)
    freed = place.released_at
    if place.released_reason != CANNOT_COME or freed is None or now - freed > UNDO_WITHIN:
        raise TooLateToUndo
    take = VisitTake(place.session_id, place.episode_id, kind=place.kind)
    try:
        with transaction():
            done = seats.change(takes=[take], by=by, now=now)
    except CannotSeat:
        raise TooLateToUndo from None
    reminders.follow(done, now=now)
    audit.record("place.undone", by=by, about=place, again=done.places[0])
    return done.places[0]


def _locked(place_id: int) -> Place:
    """The place, read after its episode's lock."""
    seats.lock_people([queries.place(place_id).episode_id])
    return db.session.get_one(Place, place_id, populate_existing=True)
