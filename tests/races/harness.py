"""Many clients at once on the public services, and what the seats look like afterwards.

Sizes come from the environment, so that the benchmark runs the full ones: RACE_CLIENTS, RACE_CLASSES,
RACE_CAPACITY. The room is always three times the capacity: no CHECK of the database helps the guard.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from clinic.classes import seats
from clinic.classes.errors import CannotSeat, OfferIsClosed
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, Place, PlaceState, Venue
from clinic.extensions import db, transaction
from clinic.patients.models import Patient
from clinic.referrals.models import Decision, Episode, State
from clinic.viewer import acting_as, system
from tests.classes.factories import TODAY, a_class, a_clinic

CLIENTS = int(os.environ.get("RACE_CLIENTS", "16"))
CLASSES = int(os.environ.get("RACE_CLASSES", "4"))
CAPACITY = int(os.environ.get("RACE_CAPACITY", "6"))
Attempt = Callable[[], object]


@dataclass
class Outcome:
    """What the clients were told: how often yes, how often a plain no, and every error, which is a defect."""

    said_yes: int = 0
    said_no: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


@dataclass
class World:
    """One clinic with classes, people who can sit in them, and the app that serves them."""

    app: object
    clinic_id: int
    class_ids: list[int]
    session_ids: list[int]
    episode_ids: Iterator[int]

    @property
    def seats(self) -> int:
        return len(self.session_ids) * CAPACITY

    def next_person(self) -> int:
        return next(self.episode_ids)


def world(app, *, people: int, classes: int = CLASSES, weekdays: Iterable[int] = (1,)) -> World:
    """Classes of CAPACITY with one session each, on these weekdays in turn."""
    days = list(weekdays)
    with app.app_context(), acting_as(system("races")):
        clinic = a_clinic()
        assert db.session.query(Venue).count() == 1
        rows = [
            a_class(clinic, weekday=days[n % len(days)], capacity=CAPACITY, room=3 * CAPACITY, weeks=1)
            for n in range(classes)
        ]
        ids = [row.id for row in rows]
        sessions = db.session.scalars(db.select(ClassSession.id).order_by(ClassSession.id)).all()
        return World(app, clinic.id, ids, list(sessions), iter(_people(clinic.id, people)))


@transaction()
def _people(clinic_id: int, count: int) -> list[int]:
    """Patients who wait, phase 2, gate open; without a phone, so that races are about seats."""
    blank = {"family_name_index": "-", "family_prefix_index": "-", "birth_date": "1950-01-01"}
    patients = [
        Patient(clinic_id=clinic_id, given_name="Ada", family_name="Okafor", **blank) for _ in range(count)
    ]
    db.session.add_all(patients)
    db.session.flush()
    episodes = [
        Episode(
            clinic_id=clinic_id,
            patient_id=patient.id,
            state=State.WAITING,
            next_on=TODAY,
            next_step="place",
            referred_on=TODAY - timedelta(days=30),
            phase="P2",
            band="intermediate",
            confirmed_on=TODAY,
            case={},
        )
        for patient in patients
    ]
    db.session.add_all(episodes)
    db.session.flush()
    answer = {"gates": {"group_start": {"open": True, "from": "2026-08-31"}}}
    facts = {"kind": "suggested", "protocol": "x", "engine": "1", "outcome": "suggest_class", "case": {}}
    db.session.add_all(
        Decision(clinic_id=clinic_id, patient_id=e.patient_id, episode_id=e.id, answer=answer, **facts)
        for e in episodes
    )
    return [episode.id for episode in episodes]


def run(place: World, attempts: list[Attempt], *, clients: int = CLIENTS, seed: int = 1) -> Outcome:
    """Every attempt once, in random order, by this many clients released together."""
    random.Random(seed).shuffle(attempts)
    queue, outcome, lock = iter(attempts), Outcome(), threading.Lock()
    start = threading.Barrier(clients)

    def client() -> None:
        start.wait()
        while True:
            with lock:
                attempt = next(queue, None)
            if attempt is None:
                return
            said, what = _try(place, attempt)
            with lock:
                outcome.said_yes += said == "yes"
                if said == "no":
                    outcome.said_no[what] += 1
                if said == "error":
                    outcome.errors.append(what)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _try(place: World, attempt: Attempt) -> tuple[str, str]:
    """A client's request: a context and a session of its own."""
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        try:
            attempt()
        except (CannotSeat, OfferIsClosed) as no:
            return "no", type(no).__name__
        except Exception as error:
            return "error", f"{type(error).__name__}: {error}"[:300]
        return "yes", ""


@dataclass
class Seats:
    """The seats afterwards, counted from the rows themselves."""

    over: list[str]
    filled: int
    standing: int
    miscounted: list[str]


def seats_of(place: World) -> Seats:
    with place.app.app_context(), acting_as(system("races")):
        dated = Counter(
            db.session.scalars(db.select(Place.session_id).where(Place.state != PlaceState.RELEASED))
        )
        standing = Counter(
            db.session.scalars(db.select(Member.class_id).where(Member.state != MemberState.LEFT))
        )
        capacity = dict(db.session.execute(db.select(ClassSession.id, ClassSession.capacity)).all())
        room = dict(db.session.execute(db.select(ExerciseClass.id, ExerciseClass.capacity)).all())
        over = [f"session {i}: {n} of {capacity[i]}" for i, n in dated.items() if n > capacity[i]]
        over += [f"class {i}: {n} of {room[i]}" for i, n in standing.items() if n > room[i]]
        return Seats(over, sum(dated.values()), sum(standing.values()), seats.count_check())
