"""Classes and their dated sessions: made on a rolling horizon, known for ever by (class, original date)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import absences, queries, seats
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ClassSession, Closure, ExerciseClass
from clinic.classes.rules.calendar import Occurrence, instant, occurrences
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.extensions import db, transaction
from clinic.extensions import now as clock
from clinic.viewer import Viewer, acting_as, system

HORIZON = timedelta(weeks=6)
SESSION_MINUTES = range(15, 181)
MODALITIES = ("land", "water", "video")


@transaction()
def create_class(
    *,
    clinic_id: int,
    name: str,
    venue_id: int,
    weekday: int,
    wall_time: time,
    level_phase: str,
    level_band: str,
    room: int,
    staffing: Sequence[str],
    starts_on: date,
    by: Viewer,
    now: datetime,
    minutes: int = 60,
    modality: str = "land",
    instructor_id: int | None = None,
    second_id: int | None = None,
    room_id: int | None = None,
    ends_on: date | None = None,
) -> ExerciseClass:
    """A class with the sessions of the next six weeks; its seats follow from room, level and staff.

    Raises BadTimetable when nobody could be seated, or the times make no sense.
    """
    if room_id is not None:
        room = min(room, queries.room_of(venue_id, room_id).size)
    if modality not in MODALITIES or (modality == "video" and level_band != "low"):
        raise BadTimetable("A class is on land, in water, or by video for low supervision only.")
    seats_of = capacity(room, Level(level_phase, level_band), [Staff(role) for role in staffing])
    if seats_of == 0:
        raise BadTimetable("With this room and staff nobody may be seated at this level. Add staff.")
    if minutes not in SESSION_MINUTES or (ends_on is not None and ends_on < starts_on):
        raise BadTimetable("A class lasts 15 to 180 minutes and ends after it starts.")
    queries.check_ours(clinic_id, venue_id=venue_id, staff_id=instructor_id)
    queries.check_ours(clinic_id, staff_id=second_id)
    if second_id is not None and second_id == instructor_id:
        raise BadTimetable("The lead and the second are two people.")
    row = ExerciseClass(
        clinic_id=clinic_id,
        name=name.strip(),
        venue_id=venue_id,
        weekday=weekday,
        wall_time=wall_time,
        minutes=minutes,
        modality=modality,
        level_phase=level_phase,
        level_band=level_band,
        room=room,
        staffing=list(staffing),
        capacity=seats_of,
        instructor_id=instructor_id,
        second_id=second_id,
        room_id=room_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(row)
    audit.record("class.created", by=by, about=row)
    today = access.local(clinic_id, now).date()
    materialise(class_id=row.id, until=today + HORIZON, by=by, since=today)
    return row


def roll_forward(now: datetime) -> int:
    """Sessions of the next six weeks for every class of every clinic; how many were new."""
    with acting_as(system("timetable")):
        rows = select(ExerciseClass.id, ExerciseClass.clinic_id).order_by(ExerciseClass.id)
        classes = db.session.execute(rows).all()
    made = 0
    for class_id, clinic_id in classes:
        today = access.local(clinic_id, now).date()
        asker = system("timetable", clinic_id)
        with acting_as(asker):
            made += materialise(class_id=class_id, until=today + HORIZON, by=asker, since=today)
    return made


@transaction()
def materialise(*, class_id: int, until: date, by: Viewer, since: date) -> int:
    """Make the sessions from `since` to `until` that do not exist yet; how many. Doing it again makes none.

    A public holiday or a closure makes no session. Members and held seats are seated in it at once.
    """
    row = db.session.scalars(
        select(ExerciseClass)
        .where(ExerciseClass.id == class_id)
        .with_for_update(of=ExerciseClass, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    known = select(ClassSession.original_date).where(ClassSession.class_id == class_id)
    there = set(db.session.scalars(known))
    made = [one for one in dates_of(row, since, until) if one.original_date not in there]
    fresh = [one for one in made if one.skipped_reason is None]
    for one in fresh:
        session = _session(row, one)
        seats.open_session(session)
        absences.follow_new(session, by=by, now=clock())
    if fresh:
        audit.record("class.materialised", by=by, about=row, sessions=len(fresh))
    return len(fresh)


def dates_of(row: ExerciseClass, since: date, until: date) -> tuple[Occurrence, ...]:
    """Every date of a class in this span, those that holidays and closures skip marked so."""
    first = max(since, row.starts_on)
    last = min(until, row.ends_on) if row.ends_on else until
    if last < first:
        return ()
    shut = queries.closed_days(row.clinic_id, row.venue_id, first, last)
    return occurrences(
        row.weekday,
        row.wall_time,
        row.minutes,
        access.zone_of(row.clinic_id),
        first,
        last,
        access.holidays_of(row.clinic_id),
        shut,
    )


def instant_of(row: ExerciseClass, day: date) -> datetime:
    """When the class would start on this day, in UTC."""
    return instant(day, row.wall_time, access.zone_of(row.clinic_id))


@transaction()
def close_days(
    *, clinic_id: int, first: date, last: date, reason: str, by: Viewer, venue_id: int | None = None
) -> Closure:
    """Days on which no session will be made; those already made are cancelled one by one."""
    if last < first:
        raise BadTimetable("The last day comes before the first.")
    row = Closure(clinic_id=clinic_id, venue_id=venue_id, first=first, last=last, reason=reason.strip())
    db.session.add(row)
    audit.record("closure.added", by=by, about=row)
    return row


def _session(row: ExerciseClass, one: Occurrence) -> ClassSession:
    return ClassSession(
        clinic_id=row.clinic_id,
        class_id=row.id,
        original_date=one.original_date,
        local_date=one.original_date,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        venue_id=row.venue_id,
        level_phase=row.level_phase,
        level_band=row.level_band,
        room=row.room,
        staffing=row.staffing,
        capacity=row.capacity,
        instructor_id=row.instructor_id,
        second_id=row.second_id,
        room_id=row.room_id,
    )
