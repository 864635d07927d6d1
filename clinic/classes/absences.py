"""A colleague is away: each session concerned has one fewer, fewer seats perhaps, and a gap to cover."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import holding, impact, queries, staffing
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line
from clinic.classes.models import Absence, ClassSession, Gap
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.extensions import db, transaction
from clinic.viewer import Viewer

REASONS = (("illness", "Illness"), ("leave", "Leave"), ("training", "Training"), ("other", "Another reason"))
LONGEST = timedelta(days=366)
LEAD, SECOND = "lead", "second"


@dataclass(frozen=True)
class Away:
    """Who, from and until which clinic date, both included."""

    clinic_id: int
    staff_id: int
    first: date
    last: date


def preview(away: Away, now: datetime) -> Impact:
    """Which sessions would be short, with how many seats for how many people. Raises BadTimetable."""
    _check(away, now)
    return _work_out(away, holding.look(_theirs(away, now)))


@transaction()
def record(*, away: Away, reason: str, by: Viewer, now: datetime, seen: str | None = None) -> Absence:
    """Write the absence down and take them out of their sessions; nobody is cancelled and nobody is told.

    Who is over has a task with an owner. Raises BadTimetable, ImpactChanged.
    """
    _check(away, now)
    if reason not in dict(REASONS):
        raise BadTimetable("Choose why.")
    today = access.local(away.clinic_id, now).date()
    weekly = [row.id for row in queries.running_classes(away.clinic_id, today)]
    held = holding.hold(_theirs(away, now), still=weekly)
    impact.agree(_work_out(away, held), seen)
    row = Absence(
        clinic_id=away.clinic_id,
        staff_id=away.staff_id,
        first=away.first,
        last=away.last,
        reason=reason,
        by_id=by.id if by.kind == "staff" else None,
        made_at=now,
    )
    db.session.add(row)
    audit.record("absence.recorded", by=by, about=row, sessions=len(held.sessions), reason=reason)
    for session in held.sessions:
        _open_gap(row, session, by, now)
    return row


@transaction()
def withdraw(*, absence_id: int, by: Viewer, now: datetime) -> int:
    """They are back, or it was a mistake: sessions nobody covers are theirs again; how many.

    A session that has cover keeps it.
    """
    row = db.session.get_one(Absence, absence_id, with_for_update=True)
    if row.withdrawn_at is not None:
        return 0
    row.withdrawn_at = now
    mine = [gap for gap in gaps_of(row.id) if gap.closed_at is None and gap.session.starts_at > now]
    ids = [gap.session_id for gap in mine]
    holding.hold(ClassSession.id.in_(ids))
    for gap in mine:
        _give_back(gap, by, now)
    audit.record("absence.withdrawn", by=by, about=row, sessions=len(mine))
    return len(mine)


def follow_new(session: ClassSession, *, by: Viewer, now: datetime) -> None:
    """A session made just now falls into absences that are known already."""
    query = select(Absence).where(
        Absence.staff_id.in_([session.instructor_id, session.second_id]),
        Absence.withdrawn_at.is_(None),
        Absence.first <= session.local_date,
        Absence.last >= session.local_date,
    )
    for row in db.session.scalars(query.order_by(Absence.id)).all():
        if row.staff_id in (session.instructor_id, session.second_id):
            _open_gap(row, session, by, now)


def follow_moved(session: ClassSession, *, by: Viewer, now: datetime) -> None:
    """Another day is another absence, or none: the old gap is given back, the new one opens."""
    query = select(Gap).where(Gap.session_id == session.id, Gap.closed_at.is_(None))
    for gap in db.session.scalars(query.order_by(Gap.id)).all():
        if not gap.absence.first <= session.local_date <= gap.absence.last:
            _give_back(gap, by, now)
    follow_new(session, by=by, now=now)


def coming(clinic_id: int, today: date) -> list[Absence]:
    """Absences that are not over, soonest first."""
    query = select(Absence).where(
        Absence.clinic_id == clinic_id, Absence.last >= today, Absence.withdrawn_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Absence.first, Absence.id)))


def find(absence_id: int) -> Absence | None:
    return db.session.scalars(select(Absence).where(Absence.id == absence_id)).first()


def gaps_of(absence_id: int) -> list[Gap]:
    """What an absence left open, in the order of the sessions."""
    query = select(Gap).join(ClassSession, ClassSession.id == Gap.session_id)
    query = query.where(Gap.absence_id == absence_id)
    return list(db.session.scalars(query.order_by(ClassSession.starts_at, Gap.id)))


def open_gap(session_id: int, seat: str) -> Gap | None:
    """The gap that cover for this seat of a session would close."""
    query = select(Gap).where(Gap.session_id == session_id, Gap.seat == seat, Gap.closed_at.is_(None))
    return db.session.scalars(query.order_by(Gap.id.desc()).limit(1)).first()


def _column(seat: str) -> str:
    return "instructor_id" if seat == LEAD else "second_id"


def _give_back(gap: Gap, by: Viewer, now: datetime) -> None:
    """The session is theirs again, unless somebody has it by now."""
    session, column = gap.session, _column(gap.seat)
    if getattr(session, column) is None:
        setattr(session, column, gap.absence.staff_id)
    roles = [*session.staffing, gap.role] if gap.role else session.staffing
    gap.closed_at = now
    staffing.staff_with(session, roles, by=by, now=now)


def _open_gap(row: Absence, session: ClassSession, by: Viewer, now: datetime) -> None:
    seat = LEAD if session.instructor_id == row.staff_id else SECOND
    role = staffing.counts_as(access.user(row.staff_id)) or ""
    gone = role if role in session.staffing else ""
    setattr(session, _column(seat), None)
    before = select(Gap).where(Gap.absence_id == row.id, Gap.session_id == session.id)
    gap = db.session.scalars(before).first() or Gap(
        clinic_id=row.clinic_id, absence_id=row.id, session_id=session.id
    )
    gap.seat, gap.role, gap.covered_by_id, gap.closed_at = seat, gone, None, None
    db.session.add(gap)
    staffing.staff_with(session, staffing.without(session.staffing, gone), by=by, now=now)


def _theirs(away: Away, now: datetime) -> ColumnElement[bool]:
    return (
        holding.coming(now)
        & (ClassSession.clinic_id == away.clinic_id)
        & ClassSession.local_date.between(away.first, away.last)
        & ((ClassSession.instructor_id == away.staff_id) | (ClassSession.second_id == away.staff_id))
    )


def _work_out(away: Away, held: Held) -> Impact:
    role = staffing.counts_as(access.user(away.staff_id)) or ""
    lines = []
    for session in held.sessions:
        left = [Staff(one) for one in staffing.without(session.staffing, role)]
        level = Level(session.level_phase, session.level_band)
        seats = capacity(session.room, level, left, beside=session.beside)
        lines.append(
            Line(
                session_id=session.id,
                revision=session.revision,
                name=session.klass.name,
                was=session.starts_at,
                becomes=session.starts_at,
                venue=session.venue.name,
                people=session.taken,
                seats=seats,
                note="" if seats else "cannot be held without cover",
            )
        )
    return Impact(
        asked=astuple(away), lines=tuple(sorted(lines, key=lambda line: (line.was, line.session_id)))
    )


def _check(away: Away, now: datetime) -> None:
    today = access.local(away.clinic_id, now).date()
    queries.check_ours(away.clinic_id, staff_id=away.staff_id)
    if away.last < away.first:
        raise BadTimetable("The last day comes before the first.")
    if away.last < today or away.last > away.first + LONGEST:
        raise BadTimetable("Choose days that are not over, and a year at most.")
