"""What a patient may choose instead of the one reminder: a Sunday text for the week, or a second one (F31).

Both are planned for whoever has chosen so, and looked at again when they are to leave (`rules/wishes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from clinic.access.models import Clinic
from clinic.classes import reminders
from clinic.classes.models import ClassSession, Place, PlaceState, SessionState
from clinic.classes.telling import dates_of
from clinic.extensions import db, transaction
from clinic.extensions import now as clock
from clinic.notifications import outbox
from clinic.notifications.models import Message
from clinic.notifications.outbox import NotDue, Sweep
from clinic.notifications.rules import window
from clinic.notifications.rules.wishes import EVE, WEEK
from clinic.patients import queries as patients
from clinic.patients.models import Patient, TextsWanted

SUNDAY, WEEKEND = 6, (5, 6)
LEAVES, WORTH = window.EVENING_BEFORE, timedelta(hours=2)
A_WEEK, ONE_DAY = timedelta(days=7), timedelta(days=1)


def planner(now: datetime, until: datetime) -> Iterator[Sweep]:
    """At weekends the texts of Sunday 18:00 for the week after it, clinic time; nothing on other days."""
    if now.weekday() not in WEEKEND:
        return
    for zone in (ZoneInfo(name) for name in db.session.scalars(select(Clinic.zone).distinct())):
        monday = monday_after(now.astimezone(zone).date())
        due = datetime.combine(monday - ONE_DAY, LEAVES, zone)
        if due + WORTH > now:
            yield Sweep(None, monday.toordinal(), WEEK, _people(monday, due, zone))


def second_reminders(now: datetime, until: datetime) -> Iterable[Sweep]:
    """A reminder the evening before for who wants more; none where the usual one goes then already."""
    done = exists().where(
        Message.cause_kind == "place",
        Message.cause_id == Place.id,
        Message.cause_revision == ClassSession.revision,
        Message.rule == EVE,
    )
    query = (
        select(Place, ClassSession, Clinic.zone)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .join(Clinic, Clinic.id == Place.clinic_id)
        .join(Patient, Patient.id == Place.patient_id)
        .where(Patient.texts_wanted == TextsWanted.MORE, ClassSession.starts_at.between(now, until), ~done)
        .where(Place.state == PlaceState.BOOKED, ClassSession.state == SessionState.PLANNED)
    )
    with transaction():
        for place, session, zone in db.session.execute(query.order_by(Place.id)).all():
            _second(place, session, ZoneInfo(zone), now)
    return ()


def facts(ids: Sequence[int]) -> dict[int, dict[str, Any] | NotDue]:
    """FACTS of `week`: the coming week's classes of each patient as they stand now."""
    now, found = clock(), {}
    query = (
        select(Place, Clinic.zone)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .join(Clinic, Clinic.id == Place.clinic_id)
        .options(joinedload(Place.session))
        .where(Place.patient_id.in_(ids), Place.state == PlaceState.BOOKED)
        .where(ClassSession.state == SessionState.PLANNED)
        .where(ClassSession.starts_at.between(now, now + A_WEEK + ONE_DAY))
    )
    theirs: dict[int, list[Place]] = {}
    for place, zone in db.session.execute(query.order_by(ClassSession.starts_at, Place.id)):
        monday = monday_after(now.astimezone(ZoneInfo(zone)).date())
        if monday <= place.local_date < monday + A_WEEK:
            theirs.setdefault(place.patient_id, []).append(place)
    for patient_id in ids:
        places = theirs.get(patient_id)
        found[patient_id] = {"dates": dates_of(places)} if places else NotDue("no_class_that_week")
    return found


def monday_after(day: date) -> date:
    """The Monday of the week a Sunday text of this day speaks of: the next one."""
    return day + timedelta(days=7 - day.weekday())


def _people(monday: date, due: datetime, zone: ZoneInfo) -> Any:
    """Everybody of this zone's clinics who wants one text and has a class in the week."""
    begins, ends = (datetime.combine(day, time(), zone) for day in (monday, monday + A_WEEK))
    booked = (
        exists()
        .where(Place.patient_id == Patient.id, Place.state == PlaceState.BOOKED)
        .where(ClassSession.id == Place.session_id, ClassSession.state == SessionState.PLANNED)
        .where(ClassSession.starts_at >= begins, ClassSession.starts_at < ends)
    )
    constants = outbox.columns(
        text=WEEK,
        purpose="reminder",
        cause_kind="week",
        cause_revision=monday.toordinal(),
        rule=WEEK,
        due_at=due,
        expires_at=due + WORTH,
    )
    ids = (Patient.id.label("cause_id"), Patient.id.label("patient_id"))
    return (
        select(*constants, *ids, Patient.clinic_id, Patient.organisation_id)
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Patient.texts_wanted == TextsWanted.SUNDAY, Clinic.zone == zone.key, booked)
        .where(Patient.died_on.is_(None), Patient.merged_into_id.is_(None))
    )


def _second(place: Place, session: ClassSession, zone: ZoneInfo, now: datetime) -> None:
    day = session.starts_at.astimezone(zone).date()
    eve = datetime.combine(day - ONE_DAY, LEAVES, zone)
    if eve <= now or window.due_at_reminder(session.starts_at, zone) <= eve:
        return
    outbox.plan_one(
        patient=patients.patient(place.patient_id),
        text=reminders.RULE,
        purpose="reminder",
        cause_kind="place",
        cause_id=place.id,
        cause_revision=session.revision,
        rule=EVE,
        due_at=eve,
        expires_at=session.starts_at,
        now=now,
    )
