"""Many clients at once on the public services, and what the seats look like afterwards.

A client is a thread with a connection of its own; with `processes` the clients are spread over so many,
forked after the world is made. The room is three times the capacity: no CHECK of the database helps.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from clinic.classes import seats
from clinic.classes.errors import CannotSeat, OfferIsClosed
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, Place, PlaceState
from clinic.extensions import db, transaction
from clinic.patients.models import Patient
from clinic.referrals.models import Decision, Episode, State
from clinic.viewer import acting_as, system
from tests.classes.factories import TODAY, a_class, a_clinic

Attempt = Callable[[], object]
_names = count(1)


@dataclass(frozen=True)
class Size:
    """How many clients, in how many processes, on how many classes of how many seats."""

    clients: int = 8
    classes: int = 4
    capacity: int = 3
    processes: int = 1


SUITE = Size()
FULL = Size(clients=64, classes=60, capacity=12)


@dataclass
class Outcome:
    """What the clients were told: how often yes, how often a plain no, and every error, which is a defect."""

    said_yes: int = 0
    said_no: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0

    def add(self, other: Outcome) -> None:
        self.said_yes += other.said_yes
        self.said_no.update(other.said_no)
        self.errors += other.errors
        self.values += other.values
        self.seconds += other.seconds


@dataclass
class World:
    """One clinic with classes, people who can sit in them, and the app that serves them."""

    app: Any
    size: Size
    clinic_id: int
    class_ids: list[int]
    session_ids: list[int]
    episode_ids: Iterator[int]

    @property
    def seats(self) -> int:
        return len(self.session_ids) * self.size.capacity

    def next_person(self) -> int:
        return next(self.episode_ids)


def world(app: Any, size: Size, *, people: int, weekdays: Iterable[int] = (1,)) -> World:
    """A new clinic: classes with one session each, on these weekdays in turn."""
    days, seats_of = list(weekdays), size.capacity
    with app.app_context(), acting_as(system("races")):
        clinic = a_clinic(f"Riverside {next(_names)}")
        ids = [
            a_class(clinic, weekday=days[n % len(days)], capacity=seats_of, room=3 * seats_of, weeks=1).id
            for n in range(size.classes)
        ]
        query = db.select(ClassSession.id).where(ClassSession.clinic_id == clinic.id)
        sessions = list(db.session.scalars(query.order_by(ClassSession.id)))
        return World(app, size, clinic.id, ids, sessions, iter(_people(clinic.id, people)))


@transaction()
def _people(clinic_id: int, number: int) -> list[int]:
    """Patients who wait, phase 2, gate open; without a phone, so that races are about seats."""
    blank = {"family_name_index": "-", "family_prefix_index": "-", "birth_date": "1950-01-01"}
    patients = [
        Patient(clinic_id=clinic_id, given_name="Ada", family_name="Okafor", **blank) for _ in range(number)
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


def run(place: World, attempts: Sequence[Attempt], *, seed: int = 1) -> Outcome:
    """Every attempt once, in random order, by the clients, released together."""
    mixed = random.Random(seed).sample(list(attempts), len(attempts))
    outcome, began = Outcome(), time.perf_counter()
    if place.size.processes == 1:
        outcome.add(_clients(place, mixed, place.size.clients))
    else:
        _in_processes(place, mixed, outcome)
    outcome.took = time.perf_counter() - began
    return outcome


def _in_processes(place: World, attempts: list[Attempt], outcome: Outcome) -> None:
    """Forked, so that an attempt needs no pickling; each child has connections of its own."""
    number = place.size.processes
    fork, share = multiprocessing.get_context("fork"), place.size.clients // number
    together, pipes = fork.Barrier(number), []

    def child(sender: Any, mine: list[Attempt]) -> None:
        with place.app.app_context():
            db.engine.dispose(close=False)
        together.wait()
        sender.send(_clients(place, mine, share))
        sender.close()

    for n in range(number):
        receiver, sender = fork.Pipe(duplex=False)
        process = fork.Process(target=child, args=(sender, attempts[n::number]))
        process.start()
        sender.close()
        pipes.append((process, receiver))
    for process, receiver in pipes:
        outcome.add(receiver.recv())
        process.join()


def _clients(place: World, attempts: list[Attempt], clients: int) -> Outcome:
    queue, outcome, lock = iter(attempts), Outcome(), threading.Lock()
    start = threading.Barrier(clients)

    def client() -> None:
        start.wait()
        while True:
            with lock:
                attempt = next(queue, None)
            if attempt is None:
                return
            began = time.perf_counter()
            said, what = _try(place, attempt)
            took = time.perf_counter() - began
            with lock:
                outcome.seconds.append(took)
                if said == "yes":
                    outcome.said_yes += 1
                    outcome.values.append(what)
                elif said == "no":
                    outcome.said_no[what] += 1
                else:
                    outcome.errors.append(what)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _try(place: World, attempt: Attempt) -> tuple[str, Any]:
    """A client's request: a context and a session of its own."""
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        try:
            value = attempt()
        except (CannotSeat, OfferIsClosed) as no:
            return "no", type(no).__name__
        except Exception as error:
            return "error", f"{type(error).__name__}: {error}"[:300]
        return "yes", value if isinstance(value, int | tuple) else None


@dataclass
class Seats:
    """The seats afterwards, counted from the rows themselves."""

    over: list[str]
    filled: int
    standing: int
    taken: dict[int, int]
    miscounted: list[str]


def seats_of(place: World) -> Seats:
    with place.app.app_context(), acting_as(system("races")):
        dated = Counter(
            db.session.scalars(
                db.select(Place.session_id).where(
                    Place.state != PlaceState.RELEASED, Place.clinic_id == place.clinic_id
                )
            )
        )
        standing = Counter(
            db.session.scalars(
                db.select(Member.class_id).where(
                    Member.state != MemberState.LEFT, Member.clinic_id == place.clinic_id
                )
            )
        )
        capacity = dict(db.session.execute(db.select(ClassSession.id, ClassSession.capacity)).all())
        room = dict(db.session.execute(db.select(ExerciseClass.id, ExerciseClass.capacity)).all())
        over = [f"session {i}: {n} of {capacity[i]}" for i, n in dated.items() if n > capacity[i]]
        over += [f"class {i}: {n} of {room[i]}" for i, n in standing.items() if n > room[i]]
        taken = db.select(ClassSession.id, ClassSession.taken)
        counted = dict(db.session.execute(taken.where(ClassSession.clinic_id == place.clinic_id)).all())
        return Seats(over, sum(dated.values()), sum(standing.values()), counted, seats.count_check())
