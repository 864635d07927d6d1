"""One-to-one appointments: a member of staff, a time, a place; never two at once for either side (F3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import User
from clinic.classes import queries, reminders, seats
from clinic.classes.errors import BadTimetable
from clinic.classes.models import Slot
from clinic.extensions import db, transaction
from clinic.notifications import outbox, wording
from clinic.notifications.rules.window import Purpose
from clinic.patients import needs
from clinic.patients import queries as patients
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import Task

KINDS = ("phone_screen", "first_assessment", "treatment", "home_visit")
LENGTHS = range(10, 121)
INTERPRETER = "book_interpreter"


@transaction()
def book(
    *,
    episode_id: int,
    kind: str,
    staff_id: int,
    venue_id: int | None,
    starts_at: datetime,
    by: Viewer,
    now: datetime,
    minutes: int = 45,
) -> Slot:
    """An appointment, told and reminded of by text. Raises BadTimetable when either side is busy."""
    if kind not in KINDS or minutes not in LENGTHS:
        raise BadTimetable("Choose what kind of appointment it is, and 10 to 120 minutes.")
    if starts_at <= now:
        raise BadTimetable("That time is over. Choose one that is still to come.")
    person = seats.lock_people([episode_id])[episode_id]
    queries.check_ours(person.clinic_id, venue_id=venue_id, staff_id=staff_id)
    db.session.execute(select(User.id).where(User.id == staff_id).with_for_update(key_share=True))
    ends_at = starts_at + timedelta(minutes=minutes)
    if _busy(Slot.staff_id == staff_id, starts_at, ends_at):
        raise BadTimetable("This colleague already has an appointment at that time.")
    if _busy(Slot.episode_id == episode_id, starts_at, ends_at):
        raise BadTimetable("This person already has an appointment at that time.")
    row = Slot(
        clinic_id=person.clinic_id,
        organisation_id=person.organisation_id,
        patient_id=person.patient_id,
        episode_id=episode_id,
        kind=kind,
        staff_id=staff_id,
        venue_id=venue_id,
        starts_at=starts_at,
        minutes=minutes,
    )
    db.session.add(row)
    audit.record("slot.booked", by=by, about=row, kind=kind)
    _interpreter(row, by, now)
    if kind != "phone_screen":  # we ring them: there is nowhere to come to
        _plan(row, "slot_booked", Purpose.CONFIRMATION, now, now)
        due = reminders.due(row.clinic_id, starts_at)
        if due > now:
            _plan(row, "reminder_slot", Purpose.REMINDER, due, now)
    return row


@transaction()
def cancel(*, slot_id: int, by: Viewer, now: datetime) -> None:
    """The time is free again and the person is told; doing it twice is once."""
    row = _locked(slot_id)
    if row.state != "booked":
        return
    row.state = "cancelled"
    outbox.supersede(cause_kind="slot", cause_id=row.id, reason="cancelled")
    worklist.close_open(
        Task, [INTERPRETER], cause_kind="slot", cause_id=row.id, outcome="appointment_cancelled", by=by
    )
    outbox.plan_one(
        patient=patients.patient(row.patient_id),
        text="slot_cancelled",
        purpose=Purpose.CANCELLATION,
        cause_kind="slot_news",
        cause_id=row.id,
        rule="slot_cancelled",
        due_at=now,
        expires_at=row.starts_at,
        event_start=row.starts_at,
        facts=dict(wording.moment(row.starts_at, access.zone_of(row.clinic_id))),
        now=now,
    )
    audit.record("slot.cancelled", by=by, about=row)


@transaction()
def finish(*, slot_id: int, came: bool, by: Viewer) -> None:
    """Held, or the person did not come."""
    row = _locked(slot_id)
    row.state = "done" if came else "missed"
    audit.record(f"slot.{row.state}", by=by, about=row)


def of_staff(staff_id: int, first: datetime, last: datetime) -> list[Slot]:
    """One colleague's booked appointments in a span, in order."""
    query = select(Slot).where(
        Slot.staff_id == staff_id, Slot.state == "booked", Slot.starts_at >= first, Slot.starts_at < last
    )
    return list(db.session.scalars(query.order_by(Slot.starts_at)))


def of_episode(episode_id: int) -> list[Slot]:
    """A person's appointments, in order; the cancelled are left out."""
    query = select(Slot).where(Slot.episode_id == episode_id, Slot.state != "cancelled")
    return list(db.session.scalars(query.order_by(Slot.starts_at)))


def _interpreter(row: Slot, by: Viewer, now: datetime) -> None:
    """Booked for the appointment, where one is needed (F19)."""
    language = (patients.patient(row.patient_id).needs or {}).get(needs.INTERPRETER)
    if language:
        starts = access.local(row.clinic_id, row.starts_at)
        worklist.open_task(
            kind=INTERPRETER,
            patient_id=row.patient_id,
            cause_kind="slot",
            cause_id=row.id,
            clinic_id=row.clinic_id,
            organisation_id=row.organisation_id,
            due_at=max(now, row.starts_at - timedelta(days=3)),
            by=by,
            note=f"{language}, for the appointment on {starts:%A} {starts.day} {starts:%B}, {starts:%H:%M}.",
        )


def _locked(slot_id: int) -> Slot:
    row = db.session.get_one(Slot, slot_id)
    seats.lock_people([row.episode_id])
    db.session.refresh(row)
    return row


def _busy(whose: object, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a booked appointment of theirs overlaps this span; none is longer than two hours."""
    near = select(Slot).where(
        whose,  # type: ignore[arg-type]
        Slot.state == "booked",
        Slot.starts_at < ends_at,
        Slot.starts_at > starts_at - timedelta(minutes=max(LENGTHS)),
    )
    return any(one.starts_at + timedelta(minutes=one.minutes) > starts_at for one in db.session.scalars(near))


def _plan(row: Slot, text: str, purpose: Purpose, due_at: datetime, now: datetime) -> None:
    outbox.plan_one(
        patient=patients.patient(row.patient_id),
        text=text,
        purpose=purpose,
        cause_kind="slot",
        cause_id=row.id,
        rule=text,
        due_at=due_at,
        expires_at=row.starts_at,
        now=now,
    )
