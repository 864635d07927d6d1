"""This and following, carried out: the class goes on as another, with everybody and all that is its."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from clinic import audit
from clinic.access import queries as access
from clinic.classes import (
    absences,
    holding,
    impact,
    promotion,
    queries,
    reminders,
    reoffers,
    seats,
    splitting,
    standing,
    telling,
    timetable,
)
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Offer,
    OfferState,
    Outcome,
    Place,
    PlaceState,
    SessionState,
)
from clinic.classes.rules.calendar import Occurrence
from clinic.classes.rules.edits import last_day_before, shift
from clinic.classes.rules.placement import DAY_NAMES
from clinic.classes.splitting import Following, Split
from clinic.classes.takes import Release, StandingRelease, VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.viewer import Viewer

TO_DECIDE = timedelta(days=1)
REASON = "class_moved"


def follow(*, edit: Following, by: Viewer, now: datetime, seen: str | None = None) -> ExerciseClass:
    """Split the class and tell everybody, once; the class that goes on.

    `seen` is the fingerprint of the impact somebody was shown: raises ImpactChanged when it is another now,
    BadTimetable when the edit cannot be.
    """
    row = queries.klass(edit.class_id)
    today = access.local(row.clinic_id, now).date()
    # the dates in between are made while the old class still has its members
    timetable.materialise(class_id=row.id, until=last_day_before(edit.since), by=by, since=today)
    return _follow(edit, seen, by, now)


@transaction()
def _follow(edit: Following, seen: str | None, by: Viewer, now: datetime) -> ExerciseClass:
    held = holding.hold(splitting.sessions_from(edit, now), [edit.class_id])
    split = splitting.work_out(edit, held, now)
    impact.agree(split.impact, seen)
    if split.impact.refused:
        raise BadTimetable(split.impact.refused)
    first = _first_wrong(split)
    old_times = {session.id: telling.spoken(session) for session, _ in split.moving}
    withdrawn = reoffers.withdraw(held.offers, by=by, now=now)
    new = _open(split, edit)
    _let_go(split, held, edit, by, now)
    _bring_sessions(split, new)
    carried = _bring_members(split, held, new, edit, by, now)
    _tell_members(carried, split, first or _first_day(new), by, now)
    _tell_of_dates(split, held, old_times, now)
    _settle_orphans(split, by, now)
    for session, _ in split.moving:
        absences.follow_moved(session, by=by, now=now)
    _name_who_is_over(split, new, by, now)
    reoffers.again(withdrawn, {edit.class_id: new.id}, by=by, now=now)
    until = access.local(new.clinic_id, now).date() + timetable.HORIZON
    timetable.materialise(class_id=new.id, until=until, by=by, since=new.starts_on)
    for session, _ in split.moving:
        promotion.hand_on_session(session_id=session.id, by=by, now=now)
    promotion.hand_on_class(class_id=new.id, by=by, now=now)
    audit.record("class.split", by=by, about=new, follows=edit.class_id, orphaned=len(split.orphans))
    for session in held.sessions:
        emit("session_changed", session_id=session.id, kind="moved")
    return new


def _open(split: Split, edit: Following) -> ExerciseClass:
    """The class that goes on, still empty; the old one ends the day before."""
    old = split.row
    new = ExerciseClass(
        clinic_id=old.clinic_id,
        name=_named(old, edit.weekday),
        venue_id=edit.venue_id,
        room_id=edit.room_id,
        weekday=edit.weekday,
        wall_time=edit.wall_time,
        minutes=old.minutes,
        modality=old.modality,
        level_phase=old.level_phase,
        level_band=old.level_band,
        room=split.room,
        staffing=old.staffing,
        capacity=split.seats,
        instructor_id=old.instructor_id,
        second_id=old.second_id,
        exercises=old.exercises,
        starts_on=split.starts_on,
        ends_on=old.ends_on,
        schedule_revision=old.schedule_revision + 1,
        follows_id=old.id,
    )
    old.ends_on = last_day_before(edit.since)
    db.session.add(new)
    db.session.flush()
    return new


def _named(old: ExerciseClass, weekday: int) -> str:
    """The same name, with its day's name put right: Steady, Tuesday becomes Steady, Friday."""
    return old.name.replace(DAY_NAMES[old.weekday], DAY_NAMES[weekday])


def _let_go(split: Split, held: Held, edit: Following, by: Viewer, now: datetime) -> None:
    """Free what cannot come along: seats beside another class that day, and days that are closed."""
    off = {session.id for session in split.stopping}
    gone = {member.episode_id for member in split.orphans}
    lost = {place.id for place in split.clashes}
    lost |= {place.id for place in held.booked if place.session_id in off or place.episode_id in gone}
    releases: list[Release] = [
        VisitRelease(place_id, REASON, Outcome.CANCELLED_BY_SERVICE) for place_id in sorted(lost)
    ]
    releases += [StandingRelease(member.id, edit.since, REASON) for member in split.orphans]
    done = seats.change(releases=releases, by=by, now=now)
    reminders.follow(done, now=now)
    for session in split.stopping:
        session.state, session.revision = SessionState.CANCELLED, session.revision + 1


def _bring_sessions(split: Split, new: ExerciseClass) -> None:
    """Every date goes to the new class under its own new date; places keep their rows."""
    for session in (*split.staying, *split.stopping):
        session.class_id = new.id
        session.original_date += shift(split.row.weekday, new.weekday)
    for session, goes in split.moving:
        _move(session, goes, new, split.room)
    db.session.flush()
    for session, goes in split.moving:
        there = update(Place).where(Place.session_id == session.id, Place.state != PlaceState.RELEASED)
        db.session.execute(there.values(local_date=goes.original_date))


def _move(session: ClassSession, goes: Occurrence, new: ExerciseClass, room: int) -> None:
    session.class_id, session.original_date = new.id, goes.original_date
    session.local_date = goes.original_date
    session.starts_at, session.ends_at = goes.starts_at, goes.ends_at
    session.venue_id, session.room_id, session.room = new.venue_id, new.room_id, room
    session.capacity, session.revision = splitting.seats_in(session, room), session.revision + 1


def _bring_members(
    split: Split, held: Held, new: ExerciseClass, edit: Following, by: Viewer, now: datetime
) -> dict[int, Member]:
    """Standing seats end in the old class and go on in the new one; the new rows by episode.

    Its sessions are the new class's already, so no place is freed.
    """
    gone = {member.id for member in split.orphans}
    carried = [(member, member.state) for member in held.settled if member.id not in gone]
    releases = [StandingRelease(member.id, edit.since, REASON) for member, _ in carried]
    seats.change(releases=releases, by=by, now=now)
    split.row.capacity = 0  # nobody joins a class that is about to end: the seats are the new one's
    seats.carry_over(new, carried, split.starts_on, now)
    _moves_follow(new, [member for member, _ in carried])
    for member, _ in carried:
        outbox.supersede(cause_kind=telling.MEMBER_NEWS, cause_id=member.id, reason="newer")
    return {member.episode_id: member for member, _ in queries.members_in(new.id)}


def _moves_follow(new: ExerciseClass, carried: Sequence[Member]) -> None:
    """An open offer to move away from the seat is one to move away from the class that goes on from it."""
    of = {member.episode_id: member.id for member, _ in queries.members_in(new.id)}
    for member in carried:
        query = select(Offer).where(Offer.moves_member_id == member.id, Offer.state == OfferState.OPEN)
        for offer in db.session.scalars(query).all():
            offer.moves_member_id = of[member.episode_id]


def _tell_members(
    carried: dict[int, Member], split: Split, first: datetime, by: Viewer, now: datetime
) -> None:
    """One text for the weekly change, not one a date; who is paused, or may not be able to come, is rung."""
    due_at = max(now, first - TO_DECIDE)
    for member in carried.values():
        if member.state is MemberState.PAUSED:
            telling.ring_member(member, REASON, due_at=due_at, by=by)
        else:
            telling.of_member(member, first, now=now)
    for was, why in split.doubtful:
        member = carried[was.episode_id]
        telling.ring_member(member, "new_time_may_not_suit", due_at=due_at, by=by, note=why)


def _tell_of_dates(split: Split, held: Held, old_times: dict[int, dict[str, str]], now: datetime) -> None:
    """Guests of one date hear of that date; everybody's reminders follow the new times."""
    clashing = {place.id for place in split.clashes}
    gone = {member.episode_id for member in split.orphans}
    off = {session.id for session in split.stopping}
    moved = [p for p in held.booked if p.session_id in old_times and p.id not in clashing]
    moved = [place for place in moved if place.episode_id not in gone]
    for place in moved:
        outbox.supersede(cause_kind="place", cause_id=place.id, rules=reminders.RULES, reason="moved")
    reminders.plan_for([place.id for place in moved], now=now)
    for place in telling.again([place.id for place in moved if place.kind == "visit"]):
        facts = old_times[place.session_id]
        telling.of_place(place, "session_moved", Purpose.CHANGE, now=now, facts=facts)
    for place in telling.again([place.id for place in held.booked if place.session_id in off]):
        telling.of_place(place, "session_cancelled", Purpose.CANCELLATION, now=now)
    for place in telling.again(sorted(clashing)):
        telling.ring(place, "moved_onto_another_place", now=now)


def _settle_orphans(split: Split, by: Viewer, now: datetime) -> None:
    for member in split.orphans:
        due_at = now + TO_DECIDE
        telling.ring_member(member, "moved_onto_another_place", due_at=due_at, by=by)
        telling.task_of_member(member, "needs_new_seat", due_at=due_at, by=by)
        standing.settle(episode_id=member.episode_id, by=by, now=now)


def _name_who_is_over(split: Split, new: ExerciseClass, by: Viewer, now: datetime) -> None:
    rows: list[ExerciseClass | ClassSession] = [new, *(session for session, _ in split.moving)]
    for row in rows:
        if row.taken > row.capacity:
            telling.over_capacity(row, due_at=now + TO_DECIDE, by=by)


def _first_wrong(split: Split) -> datetime | None:
    """When somebody who has not heard would first come in vain, or be missed."""
    moments = [min(session.starts_at, goes.starts_at) for session, goes in split.moving]
    return min([*moments, *(session.starts_at for session in split.stopping)], default=None)


def _first_day(new: ExerciseClass) -> datetime:
    found = queries.session_from(new.id, new.starts_on)
    if found is not None:
        return found.starts_at
    return timetable.dates_of(new, new.starts_on, new.starts_on + timedelta(days=28))[0].starts_at
