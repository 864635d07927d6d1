"""The register of one session: one tap a person, each tap kept once, closed with an outcome for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.classes import non_attendance, queries, seats
from clinic.classes.errors import NeedsAssessment
from clinic.classes.models import (
    ClassSession,
    Outcome,
    Place,
    PlaceState,
    RegisterTick,
    Reopening,
    SessionState,
)
from clinic.classes.rules.load import WORDS as LOADS
from clinic.extensions import db, emit, transaction
from clinic.referrals import assessments, states
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

OPENS_BEFORE = timedelta(hours=1)
CAME = (Outcome.ATTENDED, Outcome.LATE)
REASONS = ("wrong_tap", "late_news", "wrong_person", "other")
UNSEEN: Any = object()
"""The page that was tapped did not say what it showed."""
BY_HAND = (*CAME, Outcome.ATTENDED_NOT_EXERCISED, Outcome.DID_NOT_ATTEND, Outcome.EXPECTED)
ALERT_CLOCK = timedelta(minutes=30)


class NotYet(Exception):
    """The register opens an hour before the session."""

    text = "The register opens one hour before the session starts."


class RegisterIsClosed(Exception):
    text = "This register is closed. Open it again to change it, and say why."


class NotEverybody(Exception):
    """Somebody has no outcome, was not asked about symptoms, or two tablets differ; the place ids."""

    def __init__(self, place_ids: list[int]) -> None:
        super().__init__(place_ids)
        self.place_ids = place_ids
        self.text = (
            "Say whether this person came, ask who came about symptoms, and settle where two tablets differ."
        )


@dataclass(frozen=True)
class Tap:
    """One tap on one device: what, of whom, and the device's own time, by which a copy is known.

    `was` is what the page showed when it was tapped: by it two tablets that differ are noticed.
    """

    place_id: int
    field: str  # outcome, symptoms, minutes or load
    value: Any
    device: str
    device_at: datetime
    was: Any = UNSEEN


@transaction()
def tick(*, tap: Tap, by: Viewer, now: datetime, unassessed_because: str | None = None) -> str:
    """Write one tap down; `kept`, `again` for a copy, or `older` when a newer tap says otherwise.

    Raises NotYet, RegisterIsClosed, and NeedsAssessment for a first class without an assessment, unless a
    physiotherapist says why (F3).
    """
    place = locked_place(tap.place_id, now)
    if _is_a_copy(tap):
        return "again"
    value, before = _checked(tap), _last(tap)
    newer = before is not None and before.device_at > tap.device_at
    _keep(tap, value, place, by, now)
    _compare(place, tap, value, before)
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
    open_ones = [one.id for one in places if one.outcome is Outcome.EXPECTED or _unasked(one) or one.conflict]
    if open_ones:
        raise NotEverybody(open_ones)
    corrected = session.closed_by_id is not None
    session.state, session.closed_by_id = SessionState.CLOSED, by.id
    audit.record("register.closed", by=by, about=session, places=len(places))
    for place in places:
        non_attendance.follow(place, by=by, now=now, corrected=corrected)
    non_attendance.register_closed(session, by=by)
    emit("session_changed", session_id=session_id, kind="closed")


@transaction()
def reopen(*, session_id: int, reason: str, note: str, by: Viewer, now: datetime) -> None:
    """Open a closed register again: a coded reason, and what is wrong in words. Raises ValueError."""
    if reason not in REASONS or not note.strip():
        raise ValueError("a register is opened again for a reason")
    session = _locked_session(session_id)
    if session.state is not SessionState.CLOSED:
        return
    session.state = SessionState.PLANNED  # who closed it last stays written: the page looks for reopenings
    row = Reopening(
        clinic_id=session.clinic_id,
        session_id=session_id,
        reason=reason,
        note=note.strip(),
        by_id=by.id,
        at=now,
    )
    db.session.add(row)
    audit.record("register.reopened", by=by, about=session, reason=reason)
    emit("session_changed", session_id=session_id, kind="reopened")


def reopenings(session: ClassSession) -> list[Reopening]:
    """Why this register was opened again, newest first; asks nothing of one that was never closed."""
    if session.closed_by_id is None:
        return []
    query = select(Reopening).where(Reopening.session_id == session.id).order_by(Reopening.id.desc())
    return list(db.session.scalars(query))


def locked_place(place_id: int, now: datetime, *, even_freed: bool = False) -> Place:
    """A place of an open register, under its episode's lock. Raises NotYet or RegisterIsClosed."""
    seats.lock_people([queries.place(place_id).episode_id])
    place = db.session.get_one(Place, place_id, populate_existing=True)
    if place.session.state is SessionState.CLOSED:
        raise RegisterIsClosed
    gone = place.state is not PlaceState.BOOKED and not even_freed
    if gone or now < place.session.starts_at - OPENS_BEFORE:
        raise NotYet
    return place


# --- one tap ---


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
    if tap.field == "load" and (tap.value is None or tap.value in LOADS):
        return tap.value
    if tap.field == "minutes" and isinstance(tap.value, int) and 0 <= tap.value <= 180:
        return tap.value
    raise ValueError(f"{tap.field} cannot be {tap.value!r}")


def _of(tap: Tap) -> Any:
    return select(RegisterTick).where(RegisterTick.place_id == tap.place_id, RegisterTick.field == tap.field)


def _is_a_copy(tap: Tap) -> bool:
    same = _of(tap).where(RegisterTick.device == tap.device, RegisterTick.device_at == tap.device_at)
    return db.session.scalars(same).first() is not None


def _last(tap: Tap) -> RegisterTick | None:
    """The tap made last so far; one made later than this came in sooner: a tablet had no connection."""
    return db.session.scalars(_of(tap).order_by(RegisterTick.device_at.desc()).limit(1)).first()


def _compare(place: Place, tap: Tap, value: Any, before: RegisterTick | None) -> None:
    """Two tablets differ when one overrules what it had not seen: shown until somebody taps what is right."""
    stands = getattr(place, tap.field)
    overruled = before is not None and before.device != tap.device and value != stands
    unseen = before is not None and (
        before.device_at > tap.device_at or (tap.was is not UNSEEN and tap.was != stands)
    )
    others = {field: said for field, said in (place.conflict or {}).items() if field != tap.field}
    if overruled and unseen:
        later = before is not None and before.device_at > tap.device_at
        others[tap.field] = _plain(value if later else stands)
    place.conflict = others or None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Outcome) else value


def _keep(tap: Tap, value: Any, place: Place, by: Viewer, now: datetime) -> None:
    row = RegisterTick(
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        patient_id=place.patient_id,
        place_id=place.id,
        field=tap.field,
        value=tap.value,
        was=None if tap.was is UNSEEN else tap.was,
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


def _alert(place: Place, kind: str, *, by: Viewer, now: datetime) -> None:
    worklist.raise_alert(
        kind=kind,
        patient_id=place.patient_id,
        cause_kind="place",
        cause_id=place.id,
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        due_at=now + ALERT_CLOCK,
        by=by,
    )
