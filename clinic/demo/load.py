"""`flask demo load`: fills an empty database; same day and seed, same data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from clinic.access.models import Clinic
from clinic.classes import timetable
from clinic.config import Config
from clinic.demo import people, place, post, registers, stories, waits
from clinic.extensions import at, db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact, ContactKind, Patient
from clinic.referrals.models import Episode
from clinic.viewer import acting_as, system
from clinic.worklist.models import Alert, CallListEntry, Task, WorkState

PATIENTS, SEED = 60, 7
BEGAN = timedelta(days=56)  # the clinic's first week
ZONE = ZoneInfo("Europe/London")
Progress = Callable[[int, int], None]


def is_empty() -> bool:
    """Nothing has ever been put into this database."""
    return db.session.scalars(select(Clinic.id).limit(1)).first() is None


def load(*, patients: int = PATIENTS, seed: int = SEED, progress: Progress | None = None) -> dict[str, int]:
    """Live the clinic's last eight weeks, in one transaction; how many patients are in each state."""
    with acting_as(system("demo")) as by, transaction():
        today = datetime.now(UTC).astimezone(ZONE).date()
        moment = datetime.combine(today - BEGAN, datetime.min.time(), tzinfo=ZONE) + timedelta(hours=9)
        random = Random(seed)
        with at(moment):
            house = place.build(now=moment, starts_on=moment.date(), by=by)
            for row in house.classes:
                timetable.materialise(
                    class_id=row.id, until=today + timedelta(days=42), by=by, since=moment.date()
                )
        teller = stories.Teller(house, random, today, ZONE, datetime.now(UTC).astimezone(ZONE))
        crowd = people.crowd(random, today)
        once = (*stories.ONCE, waits.on_holiday, waits.waits_long)
        for n in range(patients):
            story = once[n - 20] if 20 <= n < 20 + len(once) else stories.WHEEL[n % 20]
            story(teller, next(crowd))
            if progress:
                progress(n + 1, patients)
        registers.taken(house, random, datetime.now(UTC))
        post.discharged(teller)
        post.opened(house, datetime.now(UTC))
        post.posted(datetime.now(UTC), by=by)
        _past_texts_were_delivered()
        _old_work_was_done(today)
        found = Counter(db.session.scalars(select(Episode.state)))
        return {state.value: count for state, count in sorted(found.items())}


@transaction()
def _old_work_was_done(today: date) -> None:
    """What fell due before this week was done by somebody; what is open on the home page is new."""
    monday = datetime.combine(today - timedelta(days=6), datetime.min.time(), tzinfo=ZONE)
    for kind in (Alert, Task, CallListEntry):
        db.session.execute(
            update(kind)
            .where(kind.state == WorkState.OPEN, kind.due_at < monday)
            .values(state=WorkState.DONE, outcome="reached", closed_at=kind.due_at)
        )


@transaction()
def _past_texts_were_delivered() -> None:
    """The lived weeks had a provider too: what fell due before today arrived then."""
    midnight = datetime.combine(datetime.now(UTC).astimezone(ZONE).date(), datetime.min.time(), tzinfo=ZONE)
    db.session.execute(
        update(Message)
        .where(Message.state == MessageState.PLANNED, Message.not_before < midnight)
        .values(state=MessageState.DELIVERED, settled_at=Message.not_before, attempt=1)
    )


def phones() -> list[tuple[str, str]]:
    """The invented people's mobiles with their names, and the duty phone, for the handset page."""
    with acting_as(system("demo")):
        rows = db.session.execute(
            select(Contact, Patient)
            .join(Patient, Patient.id == Contact.patient_id)
            .where(Contact.kind == ContactKind.MOBILE)
            .order_by(Patient.id)
        )
        found = [(contact.value, contact.carer_name or patient.full_name) for contact, patient in rows]
        duty = [(c.duty_phone, f"Duty phone, {c.name}") for c in db.session.scalars(select(Clinic))]
    return found + [(number, label) for number, label in duty if number]


def welcome(config: Config) -> str:
    """What `make run` prints when it is ready."""
    lines = [
        "",
        f"Upright is ready:  http://127.0.0.1:{config.port}",
        f"The patients' phones:  http://127.0.0.1:{config.simulator_port}",
        "",
        f"Sign in with any of these and the password  {place.PASSWORD}",
        *(f"  {email:<26} {role.value}, {name}" for email, name, role in place.STAFF),
        *(f"  {email:<26} referrer, {name} of {practice}" for _, practice, email, name in place.PRACTICES),
        "",
        "Ctrl-C stops it; everything is kept for the next time.",
    ]
    return "\n".join(lines)
