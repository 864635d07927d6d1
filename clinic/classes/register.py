"""The register of one session: one tap a person, each tap kept once, closed with an outcome for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import queries, seats
from clinic.classes.errors import NeedsAssessment
from clinic.classes.models import ClassSession, Outcome, Place, PlaceState, RegisterTick, SessionState
from clinic.classes.rules.attendance import missed_needs_a_task
from clinic.extensions import db, emit, transaction
from clinic.referrals import assessments, states, suspension
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

OPENS_BEFORE = timedelta(hours=1)
CAME = (Outcome.ATTENDED, Outcome.LATE)
BY_HAND = (*CAME, Outcome.ATTENDED_NOT_EXERCISED, Outcome.DID_NOT_ATTEND, Outcome.EXPECTED)
ALERT_CLOCK = timedelta(minutes=30)


class NotYet(Exception):
    """The register opens an hour before the session."""

    text = "The register opens one hour before the session starts."


class RegisterIsClosed(Exception):
    text = "This register is closed. Open it again to change it, and say why."


class NotEverybody(Exception):
    """Somebody has no outcome, or was not asked about symptoms; the place ids."""

    def __init__(self, place_ids: list[int]) -> None:
        super().__init__(place_ids)
        self.place_ids = place_ids
        self.text = "Say of everybody whether they came, and ask those who did about symptoms."


@dataclass(frozen=True)
class Tap:
    """One tap on one device: what, of whom, and the device's own time, by which a copy is known."""

    place_id: int
    field: str  # outcome, symptoms or minutes
    value: Any
    device: str
    device_at: datetime


@transaction()
def tick(*, tap: Tap, by: Viewer, now: datetime, unassessed_because: str | None = None) -> str:
    """Write one tap down; `kept`, `again` for a copy, or `older` when a newer tap says otherwise.

    Raises NotYet, RegisterIsClosed, and NeedsAssessment for a first class without an assessment, unless a
    physiotherapist says why (F3).
    """
    place = _locked(tap.place_id, now)
    if _is_a_copy(tap):
        return "again"
    value = _checked(tap)
    newer = _newer(tap)
    _keep(tap, value, place, by, now)
    if newer:
        return "older"
    if tap.field == "outcome" and value in CAME:
        _may_attend(place, by, unassessed_because)
    setattr(place, tap.field, value)
    if tap.field == "symptoms" and value:
        _alert(place, "new_symptoms", by=by, now=now)
    return "kept"


@transaction()
def close(*, session_id: int, by: Viewer, now: datetime) -> None:
    """Everybody has an outcome; who missed two in a row gets a task. Raises NotEverybody or NotYet."""
    session = _locked_session(session_id)
    if session.starts_at > now:
        raise NotYet
    if session.state is SessionState.CLOSED:
        return
    places = queries.places_of(session_id, PlaceState.BOOKED)
    open_ones = [one.id for one in places if one.outcome is Outcome.EXPECTED or _unasked(one)]
    if open_ones:
        raise NotEverybody(open_ones)
    session.state, session.closed_by_id = SessionState.CLOSED, by.id
    audit.record("register.closed", by=by, about=session, places=len(places))
    for place in places:
        if place.outcome is Outcome.DID_NOT_ATTEND and missed_needs_a_task(_so_far(place)):
            _task(place, "missed_twice", by=by, now=now)
    emit("session_changed", session_id=session_id, kind="closed")


@transaction()
def reopen(*, session_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Open a closed register again; `reason` is a coded word."""
    session = _locked_session(session_id)
    if session.state is SessionState.CLOSED:
        session.state, session.closed_by_id = SessionState.PLANNED, None
        audit.record("register.reopened", by=by, about=session, reason=reason)


@transaction()
def incident(*, place_id: int, kind: str, what_was_done: str, told: str, by: Viewer, now: datetime) -> None:
    """A fall, chest pain, collapse or new back pain in class: texts and seats rest until somebody has looked.

    Raises NotYet before the register opens (F18).
    """
    place = _locked(place_id, now)
    note = f"{kind.replace('_', ' ')}. Done: {what_was_done}. Told: {told}."
    _alert(place, "incident", by=by, now=now, note=note)
    suspension.suspend(states.locked(place.episode_id), reason="incident", by=by)
    audit.record("place.incident", by=by, about=place, kind=kind)


# --- one tap ---


def _locked(place_id: int, now: datetime) -> Place:
    seats.lock_people([queries.place(place_id).episode_id])
    place = db.session.get_one(Place, place_id, populate_existing=True)
    if place.session.state is SessionState.CLOSED:
        raise RegisterIsClosed
    if place.state is not PlaceState.BOOKED or now < place.session.starts_at - OPENS_BEFORE:
        raise NotYet
    return place


def _locked_session(session_id: int) -> ClassSession:
    query = select(ClassSession).where(ClassSession.id == session_id)
    locked = query.with_for_update(of=ClassSession, key_share=True)
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def _checked(tap: Tap) -> Any:
    """The value as the place keeps it; raises ValueError for one that no button sends."""
    if tap.field == "outcome":
        outcome = Outcome(tap.value)
        if outcome not in BY_HAND:
            raise ValueError(f"{outcome} is not said on a register")
        return outcome
    if tap.field == "symptoms" and isinstance(tap.value, bool | None):
        return tap.value
    if tap.field == "minutes" and isinstance(tap.value, int) and 0 <= tap.value <= 180:
        return tap.value
    raise ValueError(f"{tap.field} cannot be {tap.value!r}")


def _of(tap: Tap) -> Any:
    return select(RegisterTick).where(RegisterTick.place_id == tap.place_id, RegisterTick.field == tap.field)


def _is_a_copy(tap: Tap) -> bool:
    same = _of(tap).where(RegisterTick.device == tap.device, RegisterTick.device_at == tap.device_at)
    return db.session.scalars(same).first() is not None


def _newer(tap: Tap) -> bool:
    """A tap made later, that came in sooner: the tablet was without a connection."""
    return db.session.scalars(_of(tap).where(RegisterTick.device_at > tap.device_at)).first() is not None


def _keep(tap: Tap, value: Any, place: Place, by: Viewer, now: datetime) -> None:
    row = RegisterTick(
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        patient_id=place.patient_id,
        place_id=place.id,
        field=tap.field,
        value=tap.value,
        device=tap.device,
        device_at=tap.device_at,
        by_id=by.id,
        at=now,
    )
    db.session.add(row)
    audit.record("register.ticked", by=by, about=place, field=tap.field, value=str(value))


def _may_attend(place: Place, by: Viewer, because: str | None) -> None:
    """The first class needs an assessment; what a physiotherapist writes instead stands on the place."""
    episode = states.locked(place.episode_id)
    if not assessments.of_episode(episode.id):
        if by.role != "physiotherapist" or not (because or "").strip():
            raise NeedsAssessment
        place.note = "\n".join(filter(None, [place.note, f"Not assessed before: {because}"]))
        audit.record("register.unassessed", by=by, about=place)
    if episode.first_class_on is None:
        episode.first_class_on = place.local_date


# --- what follows ---


def _unasked(place: Place) -> bool:
    return place.outcome in CAME and place.symptoms is None


def _so_far(place: Place) -> list[str]:
    """The outcomes of this person's sessions up to this one, oldest first."""
    query = select(Place.outcome).where(
        Place.episode_id == place.episode_id,
        Place.local_date <= place.local_date,
        Place.outcome != Outcome.EXPECTED,
    )
    return [outcome.value for outcome in db.session.scalars(query.order_by(Place.local_date, Place.id))]


def _alert(place: Place, kind: str, *, by: Viewer, now: datetime, note: str | None = None) -> None:
    worklist.raise_alert(**_work(place, kind, by), due_at=now + ALERT_CLOCK, note=note)


def _task(place: Place, kind: str, *, by: Viewer, now: datetime) -> None:
    opens = access.local(place.clinic_id, now) + timedelta(days=1)
    worklist.open_task(**_work(place, kind, by), due_at=opens)


def _work(place: Place, kind: str, by: Viewer) -> dict[str, Any]:
    return {
        "kind": kind,
        "patient_id": place.patient_id,
        "cause_kind": "place",
        "cause_id": place.id,
        "clinic_id": place.clinic_id,
        "organisation_id": place.organisation_id,
        "by": by,
    }
