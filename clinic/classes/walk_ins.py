"""Who comes without being expected: a seat if there is one; a stranger becomes a task."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from clinic import audit
from clinic.access.permissions import Permission, may
from clinic.classes import handover, queries, reminders, seats
from clinic.classes.errors import SessionIsOver
from clinic.classes.models import (
    ClassSession,
    Member,
    MemberState,
    Outcome,
    Place,
    PlaceState,
    SessionState,
)
from clinic.classes.register import OPENS_BEFORE
from clinic.classes.takes import VisitRelease, VisitTake
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode, State
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

LOOK_WITHIN = timedelta(hours=4)
JUST_BEFORE = timedelta(seconds=1)
WALKED_IN = "Came without being expected."


def candidates(session: ClassSession, by: Viewer) -> list[Episode]:
    """Who may be added: this class's people not expected today; for the desk anybody in a class."""
    here = select(Place.episode_id).where(Place.session_id == session.id, Place.state != PlaceState.RELEASED)
    said_no = select(Place.episode_id).where(
        Place.session_id == session.id, Place.state == PlaceState.RELEASED
    )
    members = select(Member.episode_id).where(
        Member.class_id == session.class_id, Member.state == MemberState.ACTIVE
    )
    known = Episode.id.in_(said_no) | Episode.id.in_(members)
    if may(by.role, Permission.SEE_PATIENT):
        known |= Episode.state == State.IN_CLASS
    query = select(Episode).where(known, Episode.id.not_in(here), Episode.state != State.ENDED)
    found = [one for one in db.session.scalars(query) if one.patient.died_on is None]
    return sorted(found, key=lambda one: (one.patient.family_name.casefold(), one.patient.given_name))


@transaction()
def seat(*, session_id: int, episode_id: int, by: Viewer, now: datetime) -> int:
    """A seat for who stands at the door, if there is one.

    Nobody who waits is passed over: an offer of one date ends an hour before the start, which is when the
    register opens, so none of them could be offered it any more.
    Raises ClassIsFull, AlreadyHasAPlace, CannotTakeASeat, SessionIsOver, and LookupError for somebody who is
    not among the candidates.
    """
    session = queries.session(session_id)
    if session.state is not SessionState.PLANNED or not _open(session, now):
        raise SessionIsOver
    if episode_id not in {one.id for one in candidates(session, by)}:
        raise LookupError(episode_id)
    moment = min(now, session.starts_at - JUST_BEFORE)  # the seat is that of the start, whoever comes late
    done = seats.change(takes=[VisitTake(session_id, episode_id)], by=by, now=moment)
    reminders.follow(done, now=now)
    place = queries.place(done.places[0])
    place.note = WALKED_IN
    audit.record("place.walked_in", by=by, about=place)
    return place.id


@transaction()
def take_off(*, place_id: int, by: Viewer, now: datetime) -> bool:
    """Added by mistake: as if they had never been on the list; False once something was ticked for them.

    The seat goes to who is next where there is still time.
    """
    seats.lock_people([queries.place(place_id).episode_id])
    place = db.session.get_one(Place, place_id, populate_existing=True)
    ticked = place.outcome is not Outcome.EXPECTED or place.symptoms is not None
    if place.note != WALKED_IN or ticked or place.state is not PlaceState.BOOKED:
        return False
    release = VisitRelease(place_id, "added_by_mistake")
    handover.change(releases=[release], by=by, now=now, not_to=[place.episode_id])
    audit.record("place.walk_in_undone", by=by, about=place)
    return True


@transaction()
def stranger(*, session_id: int, said: str, by: Viewer, now: datetime) -> None:
    """Somebody we do not know: they do not exercise today, and the desk rings them."""
    session = queries.session(session_id)
    worklist.open_task(
        kind="walk_in",
        patient_id=None,
        cause_kind="session",
        cause_id=session.id,
        clinic_id=session.clinic_id,
        organisation_id=None,
        due_at=now + LOOK_WITHIN,
        note=said.strip(),
        by=by,
    )
    audit.record("register.stranger", by=by, about=session)


def _open(session: ClassSession, now: datetime) -> bool:
    return session.starts_at - OPENS_BEFORE <= now
