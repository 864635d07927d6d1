"""Who is there that day decides the seats; who is over is listed with an owner, and nobody is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.access.models import User
from clinic.classes import telling
from clinic.classes.models import Absence, ClassSession, SessionState, Slot
from clinic.classes.rules.capacity import SUPERVISING_ROLES, Level, Staff, capacity, over
from clinic.extensions import db, emit
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import Task, WorkState

OVER = "session_over_capacity"
A_DAY = timedelta(days=1)
LONGEST = timedelta(hours=3)


def staff_with(session: ClassSession, roles: Sequence[str], *, by: Viewer, now: datetime) -> int:
    """These roles are there that day; how many people are over, under the session's lock.

    A task is opened for them, and closed again when nobody is over any more.
    """
    session.staffing = list(roles)
    level = Level(session.level_phase, session.level_band)
    session.capacity = capacity(session.room, level, [Staff(role) for role in roles])
    db.session.flush()
    extra = over(session.capacity, session.taken)
    if extra:
        telling.over_capacity(session, due_at=max(now, session.starts_at - A_DAY), by=by)
    else:
        _settled(session, by)
    emit("session_changed", session_id=session.id, kind="staffing")
    return extra


def without(roles: Sequence[str], role: str) -> list[str]:
    """The roles less one of this kind; the same when there is none."""
    left = list(roles)
    if role in left:
        left.remove(role)
    return left


def counts_as(user: User) -> str | None:
    """What a colleague counts as in a session: only who supervises does."""
    return user.role.value if user.role.value in SUPERVISING_ROLES else None


def why_not_free(staff_id: int, session: ClassSession) -> str | None:
    """In a sentence, what keeps a colleague from this session: another class, an appointment, an absence."""
    if away_on(staff_id, session):
        return "is away that day"
    near = select(ClassSession).where(
        (ClassSession.instructor_id == staff_id) | (ClassSession.second_id == staff_id),
        ClassSession.id != session.id,
        ClassSession.state == SessionState.PLANNED,
        ClassSession.starts_at < session.ends_at,
        ClassSession.ends_at > session.starts_at,
    )
    other = db.session.scalars(near.order_by(ClassSession.starts_at).limit(1)).first()
    if other is not None:
        return f"has {other.klass.name} at that time"
    slots = select(Slot).where(
        Slot.staff_id == staff_id,
        Slot.state == "booked",
        Slot.starts_at < session.ends_at,
        Slot.starts_at > session.starts_at - LONGEST,
    )
    for slot in db.session.scalars(slots):
        if slot.starts_at + timedelta(minutes=slot.minutes) > session.starts_at:
            return "has an appointment at that time"
    return None


def away_on(staff_id: int, session: ClassSession) -> bool:
    """Whether an absence of this colleague covers the session's date."""
    query = select(Absence.id).where(
        Absence.staff_id == staff_id,
        Absence.clinic_id == session.clinic_id,
        Absence.withdrawn_at.is_(None),
        Absence.first <= session.local_date,
        Absence.last >= session.local_date,
    )
    return db.session.scalars(query.limit(1)).first() is not None


def _settled(session: ClassSession, by: Viewer) -> None:
    open_task = select(Task).where(
        Task.kind == OVER,
        Task.cause_kind == "session",
        Task.cause_id == session.id,
        Task.state == WorkState.OPEN,
    )
    for task in db.session.scalars(open_task):
        worklist.close(work=task, outcome="staffed_again", by=by)
