"""Somebody did not come and sent no word: who rings, when it is a task, when it may end an episode (F30)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from clinic.access import queries as access
from clinic.classes.models import ClassSession, Outcome, Place, PlaceState, SessionState
from clinic.classes.rules.attendance import missed_needs_a_task
from clinic.extensions import db
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.patients import needs
from clinic.patients import queries as patients
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import CallListEntry, Task

RING_WITHIN = timedelta(hours=1)
STILL_OPEN_AFTER = timedelta(hours=2)
WORTH_ASKING = timedelta(days=2)
CHECK_IN = "check_in"
NOT_SEEN, MISSED_TWICE, NOT_CLOSED = "not_seen", "missed_twice", "register_open"


def follow(place: Place, *, by: Viewer, now: datetime, corrected: bool = False) -> None:
    """What one outcome means once a register is closed; `corrected` closes what it no longer says."""
    missed = place.outcome is Outcome.DID_NOT_ATTEND
    again = missed and missed_needs_a_task(so_far(place))
    if missed and _on_welfare_list(place):
        worklist.add_call(**_work(place, NOT_SEEN, by), due_at=now + RING_WITHIN)
    if again:
        tomorrow = access.local(place.clinic_id, now) + timedelta(days=1)
        worklist.open_task(**_work(place, MISSED_TWICE, by), due_at=tomorrow)
    if missed and not again and not _on_welfare_list(place):
        _check_in(place, now)
    if corrected and not missed:
        outbox.supersede(
            cause_kind="place_news", cause_id=place.id, rules=[CHECK_IN], reason="register_says_otherwise"
        )
        _close_open(CallListEntry, NOT_SEEN, "place", place.id, by)
    if corrected and not again:
        _close_open(Task, MISSED_TWICE, "place", place.id, by)


def _check_in(place: Place, now: datetime) -> None:
    """One missed class: a text asks whether all is well; `2` and we ring. Dropped by the weekly cap."""
    outbox.plan_one(
        patient=patients.patient(place.patient_id),
        text=CHECK_IN,
        purpose=Purpose.CHECK_IN,
        cause_kind="place_news",
        cause_id=place.id,
        rule=CHECK_IN,
        due_at=now,
        expires_at=now + WORTH_ASKING,
        now=now,
    )


def so_far(place: Place) -> list[str]:
    """The outcomes of this person's sessions up to this one, oldest first."""
    query = select(Place.outcome).where(
        Place.episode_id == place.episode_id,
        Place.local_date <= place.local_date,
        Place.outcome != Outcome.EXPECTED,
    )
    return [outcome.value for outcome in db.session.scalars(query.order_by(Place.local_date, Place.id))]


def remind_of_open_registers(now: datetime) -> int:
    """A register nobody closed hides who was not seen: the desk gets a task; how many are open."""
    with acting_as(system("registers")) as by:
        waiting = exists().where(Place.session_id == ClassSession.id, Place.state == PlaceState.BOOKED)
        late = select(ClassSession).where(
            ClassSession.state == SessionState.PLANNED,
            ClassSession.ends_at.between(now - timedelta(days=7), now - STILL_OPEN_AFTER),
            waiting,
            ~exists().where(
                Task.kind == NOT_CLOSED, Task.cause_kind == "session", Task.cause_id == ClassSession.id
            ),
        )
        sessions = db.session.scalars(late).all()
        for session in sessions:
            worklist.open_task(
                kind=NOT_CLOSED,
                patient_id=None,
                cause_kind="session",
                cause_id=session.id,
                clinic_id=session.clinic_id,
                organisation_id=None,
                due_at=now + RING_WITHIN,
                by=by,
            )
        return len(sessions)


def register_closed(session: ClassSession, *, by: Viewer) -> None:
    """The reminder of an open register is done with."""
    _close_open(Task, NOT_CLOSED, "session", session.id, by)


def _on_welfare_list(place: Place) -> bool:
    return bool((patients.patient(place.patient_id).needs or {}).get(needs.WELFARE))


def _close_open(kind: type[Any], word: str, cause_kind: str, cause_id: int, by: Viewer) -> None:
    worklist.close_open(
        kind, [word], cause_kind=cause_kind, cause_id=cause_id, outcome="register_says_otherwise", by=by
    )


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
