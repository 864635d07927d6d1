"""Who is there that day decides the seats; who is over is listed with an owner, and nobody is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import User
from clinic.classes import promotion, telling
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

    A task is opened for them, and closed again when nobody is over any more; a seat gained goes to who is
    next, in the same transaction.
    """
    before, session.staffing = session.capacity, list(roles)
    level = Level(session.level_phase, session.level_band)
    session.capacity = capacity(session.room, level, [Staff(role) for role in roles], beside=session.beside)
    db.session.flush()
    extra = over(session.capacity, session.taken)
    if extra:
        telling.over_capacity(session, due_at=max(now, session.starts_at - A_DAY), by=by)
    else:
        _settled(session, by)
    emit("session_changed", session_id=session.id, kind="staffing")
    if session.capacity > before:
        promotion.hand_on_session(session_id=session.id, by=by, now=now)
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


def why_not_free(
    staff_id: int, session: ClassSession, *, starts_at: datetime | None = None, day: date | None = None
) -> str | None:
    """In a sentence, what keeps a colleague from this session: another class, an appointment, an absence.

    With another start and clinic date, what would keep them from it then.
    """
    begins = starts_at or session.starts_at
    ends = begins + (session.ends_at - session.starts_at)
    if away_on(staff_id, session, day):
        return "is away that day"
    near = select(ClassSession).where(
        (ClassSession.instructor_id == staff_id) | (ClassSession.second_id == staff_id),
        ClassSession.id != session.id,
        ClassSession.state == SessionState.PLANNED,
        ClassSession.starts_at < ends,
        ClassSession.ends_at > begins,
    )
    other = db.session.scalars(near.order_by(ClassSession.starts_at).limit(1)).first()
    if other is not None:
        return f"has {other.klass.name} at that time"
    slots = select(Slot).where(
        Slot.staff_id == staff_id,
        Slot.state == "booked",
        Slot.starts_at < ends,
        Slot.starts_at > begins - LONGEST,
    )
    for slot in db.session.scalars(slots):
        if slot.starts_at + timedelta(minutes=slot.minutes) > begins:
            return "has an appointment at that time"
    return None


def warnings(session: ClassSession, starts_at: datetime, day: date) -> list[str]:
    """Who of its staff could not be there, if this session were then."""
    staff = [one for one in (session.instructor_id, session.second_id) if one is not None]
    found = [(one, why_not_free(one, session, starts_at=starts_at, day=day)) for one in staff]
    return [f"{access.user(one).name} {why}: {day.day} {day:%B}." for one, why in found if why]


def away_on(staff_id: int, session: ClassSession, day: date | None = None) -> bool:
    """Whether an absence of this colleague covers the session's date, or the day named."""
    on = day or session.local_date
    query = select(Absence.id).where(
        Absence.staff_id == staff_id,
        Absence.clinic_id == session.clinic_id,
        Absence.withdrawn_at.is_(None),
        Absence.first <= on,
        Absence.last >= on,
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
