"""A standing seat whose one date is full: told at once, and filled before anybody else when a seat frees.

Nothing marks such a date: an active member without a place in a planned session of their class is one,
unless they cancelled it themselves or sit elsewhere that day. So a cut and a new session are both found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import reminders, seats
from clinic.classes.errors import CannotSeat
from clinic.classes.models import (
    ClassSession,
    Member,
    MemberState,
    Outcome,
    Place,
    PlaceState,
    SessionState,
    Venue,
)
from clinic.classes.rules.vacancies import LENT_AHEAD
from clinic.classes.takes import VisitTake
from clinic.extensions import db, transaction
from clinic.notifications import outbox, wording
from clinic.notifications.outbox import NotDue
from clinic.notifications.rules.window import Purpose
from clinic.patients import queries as patients
from clinic.referrals.models import Episode, State
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import Task, WorkState

TASK, A_DAY = "date_full", timedelta(days=1)
OWN_WISH = (Outcome.CANCELLED_BY_PATIENT, Outcome.CANCELLED_LATE)


def lacking(
    now: datetime, *, clinic_id: int | None = None, session_ids: Collection[int] | None = None
) -> Sequence[Any]:
    """Rows (member_id, episode_id, patient_id, session_id, ..) of dates a standing seat lacks, who joined
    first first; of the coming fortnight, or of these sessions.
    """
    mine, there = Place.episode_id == Member.episode_id, Place.session_id == ClassSession.id
    sits = exists().where(
        mine, Place.local_date == ClassSession.local_date, Place.state != PlaceState.RELEASED
    )
    cancelled = exists().where(mine, there, Place.outcome.in_(OWN_WISH))
    query = (
        select(
            Member.id.label("member_id"),
            Member.episode_id,
            Member.patient_id,
            Member.clinic_id,
            ClassSession.id.label("session_id"),
            ClassSession.starts_at,
            ClassSession.local_date,
            (ClassSession.capacity - ClassSession.taken).label("free"),
            Venue.name.label("venue"),
        )
        .join(ClassSession, ClassSession.class_id == Member.class_id)
        .join(Venue, Venue.id == ClassSession.venue_id)
        .join(Episode, Episode.id == Member.episode_id)
        .where(
            Member.state == MemberState.ACTIVE,
            Member.from_date <= ClassSession.local_date,
            Episode.state.not_in((State.PAUSED, State.ENDED)),
            Episode.suspended_at.is_(None),
            ClassSession.state == SessionState.PLANNED,
            ClassSession.starts_at > now,
            ~sits,
            ~cancelled,
        )
        .order_by(ClassSession.id, Member.id)
    )
    if session_ids is not None:
        query = query.where(ClassSession.id.in_(sorted(session_ids)))
    else:
        query = query.where(ClassSession.starts_at <= now + LENT_AHEAD)
    if clinic_id is not None:
        query = query.where(ClassSession.clinic_id == clinic_id)
    return db.session.execute(query).all()


def first_for(session_id: int, but_not: Collection[int], now: datetime) -> Any | None:
    """Whose own seat a freed place of this session is, locked without waiting for anybody."""
    for row in lacking(now, session_ids=[session_id]):
        if row.episode_id not in but_not and seats.lock_people([row.episode_id], skip_locked=True):
            return row
    return None


def take(row: Any) -> VisitTake:
    """The seat that is theirs on that date, as a standing one."""
    return VisitTake(row.session_id, row.episode_id, kind="standing")


def settle(clinic_id: int, *, by: Viewer, now: datetime) -> int:
    """Fill every date that has room again, tell of every one that has not; how many were filled."""
    filled = 0
    for row in lacking(now, clinic_id=clinic_id):
        if row.free > 0 and fill(row, by=by, now=now):
            filled += 1
        else:
            with transaction():
                _tell_full(row, by=by, now=now)
    return filled


@transaction()
def fill(row: Any, *, by: Viewer, now: datetime) -> bool:
    """Give one person their own seat of one date, if it is free and nobody changes them at this moment."""
    if not seats.lock_people([row.episode_id], skip_locked=True):
        return False
    try:
        with transaction():
            done = seats.change(takes=[take(row)], by=by, now=now)
    except CannotSeat:
        return False
    reminders.follow(done, now=now)
    tell_free(row, by=by, now=now)
    return True


def tell_free(row: Any, *, by: Viewer, now: datetime) -> None:
    """There is room after all: said only to who was told that there is none."""
    stopped = outbox.supersede(
        cause_kind="member", cause_id=row.member_id, reason="filled", rules=[_rule("full", row)]
    )
    if stopped.gone:
        _tell(row, "free", now=now)
    audit.record("date.filled", by=by, clinic_id=row.clinic_id, member_id=row.member_id, on=row.session_id)
    task = db.session.scalars(
        select(Task).where(Task.kind == TASK, Task.cause_id == row.session_id, Task.state == WorkState.OPEN)
    ).first()
    if task is not None and not lacking(now, session_ids=[row.session_id]):
        worklist.close(work=task, outcome="filled", by=by)


def _tell_full(row: Any, *, by: Viewer, now: datetime) -> None:
    """The person hears it once; the coordinator has one task a session."""
    if not _tell(row, "full", now=now):
        return
    worklist.open_task(
        kind=TASK,
        patient_id=None,
        cause_kind="session",
        cause_id=row.session_id,
        clinic_id=row.clinic_id,
        organisation_id=None,
        due_at=max(now, row.starts_at - A_DAY),
        by=by,
    )


def _tell(row: Any, what: str, *, now: datetime) -> bool:
    """True when it had not been said before; who has no mobile is rung instead, by the outbox."""
    return outbox.plan_one(
        patient=patients.patient(row.patient_id),
        text=f"date_{what}",
        purpose=Purpose.CHANGE,
        cause_kind="member",
        cause_id=row.member_id,
        rule=_rule(what, row),
        due_at=now,
        expires_at=row.starts_at,
        now=now,
        event_start=row.starts_at,
        facts={**wording.moment(row.starts_at, access.zone_of(row.clinic_id)), "venue": row.venue},
    )


def _rule(what: str, row: Any) -> str:
    return f"date_{what} {row.local_date.isoformat()}"


def facts(ids: Sequence[int]) -> dict[int, dict[str, Any] | NotDue]:
    """FACTS of `member`: when and where stands with the text; none is due to who has left or is paused."""
    query = select(Member.id, Member.state).where(Member.id.in_(ids))
    return {
        row.id: {} if row.state is MemberState.ACTIVE else NotDue("not_in_class")
        for row in db.session.execute(query)
    }
