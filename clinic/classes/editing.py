"""All of a class, carried out: every date to come follows, and everybody the change concerns is told once."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from clinic import audit
from clinic.classes import (
    absences,
    always,
    cover,
    holding,
    impact,
    promotion,
    reminders,
    reoffers,
    telling,
)
from clinic.classes.always import Always, Change
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.models import ClassSession, ExerciseClass, MemberState
from clinic.extensions import db, emit, transaction
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.viewer import Viewer

TO_DECIDE = timedelta(days=1)


@transaction()
def edit(*, asked: Always, by: Viewer, now: datetime, seen: str | None = None) -> ExerciseClass:
    """Change the class and its dates to come; a new venue is told to everybody, other changes to nobody.

    Raises BadTimetable, and ImpactChanged when `seen` is no longer what would happen.
    """
    held = holding.hold(always.later(asked, now), [asked.class_id])
    change = always.work_out(asked, held, now)
    impact.agree(change.impact, seen)
    if change.impact.refused:
        raise BadTimetable(change.impact.refused)
    row = change.row
    offered = held.offers if change.judged else ()
    withdrawn = reoffers.withdraw(offered, by=by, now=now)
    _write(asked, change, by, now)
    if change.moves:
        _tell(held, row, now, by)
    for member, why in change.doubtful:
        telling.ring_member(member, "may_not_suit", due_at=now + TO_DECIDE, by=by, note=why)
        telling.task_of_member(member, "class_may_not_suit", due_at=now + TO_DECIDE, by=by)
    reoffers.again(withdrawn, {}, by=by, now=now)
    audit.record("class.edited", by=by, about=row, sessions=len(held.sessions), moved=change.moves)
    return row


def _write(asked: Always, change: Change, by: Viewer, now: datetime) -> None:
    row, after = change.row, {}
    before = {one.id: one.capacity for one in change.sessions}
    standing_before = row.capacity
    for session in change.sessions:
        after[session.id] = always.as_it_would_be(asked, change, session)
    row.name, row.venue_id, row.room_id = asked.name.strip()[:80], asked.venue_id, asked.room_id
    row.instructor_id, row.second_id = asked.instructor_id, asked.second_id
    row.level_phase, row.level_band = asked.level_phase, asked.level_band
    row.staffing, row.room, row.capacity = list(asked.staffing), change.room, change.seats
    row.schedule_revision += 1
    for session in change.sessions:
        new = after[session.id]
        seats = always.seats_after(session, new)
        session.revision += change.moves and "venue_id" in new
        for name, value in {**new, "capacity": seats}.items():
            setattr(session, name, value)
    db.session.flush()
    if row.taken > row.capacity:
        telling.over_capacity(row, due_at=now + TO_DECIDE, by=by)
    for session in change.sessions:
        absences.follow_new(session, by=by, now=now)
        _cover_with_new_lead(session, row, by, now)
        if session.taken > session.capacity:
            telling.over_capacity(session, due_at=max(now, session.starts_at - TO_DECIDE), by=by)
        emit("session_changed", session_id=session.id, kind="moved" if change.moves else "staffing")
    for session in change.sessions:
        if session.capacity > before[session.id]:
            promotion.hand_on_session(session_id=session.id, by=by, now=now)
    if row.capacity > standing_before:
        promotion.hand_on_class(class_id=row.id, by=by, now=now)


def _cover_with_new_lead(session: ClassSession, row: ExerciseClass, by: Viewer, now: datetime) -> None:
    """A date whose old lead is away is the new lead's too, if they are free."""
    gap = absences.open_gap(session.id, absences.LEAD)
    if gap is None or row.instructor_id in (None, gap.absence.staff_id):
        return
    with suppress(BadTimetable), transaction():
        cover.assign(
            session_id=session.id, seat=absences.LEAD, staff_id=row.instructor_id or 0, by=by, now=now
        )


def _tell(held: Held, row: ExerciseClass, now: datetime, by: Viewer) -> None:
    """A new venue: one text to each member, one to each guest of a date, and reminders that name it."""
    coming = [session.starts_at for session in held.sessions]
    first = min(coming, default=now + timedelta(days=7))
    for member in held.settled:
        if member.state is MemberState.PAUSED:
            telling.ring_member(member, "class_moved", due_at=max(now, first - TO_DECIDE), by=by)
        else:
            telling.of_member(member, first, now=now)
    for place in held.booked:
        outbox.supersede(cause_kind="place", cause_id=place.id, rules=reminders.RULES, reason="moved")
    reminders.plan_for([place.id for place in held.booked], now=now)
    for place in telling.again([place.id for place in held.booked if place.kind == "visit"]):
        facts = telling.spoken(place.session)
        telling.of_place(place, "session_moved", Purpose.CHANGE, now=now, facts=facts)
