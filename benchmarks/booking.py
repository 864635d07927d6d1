"""P12, booking: a whole booking against one raw conditional UPDATE; a refusal against a booking; statements.

A whole booking is the service the page calls: nobody passed over, seat, place, reminder planned, audit row,
one commit. The floor is the counter's UPDATE alone. Both in turn, in slices, on one server that keeps its
commits on a disk; every attempt that is counted succeeds. Beside it the same with 16 clients at once, the
share of a second floor (the same rows by hand-written SQL), and the process's own time for each.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event

from benchmarks.drill.machines import Postgres
from benchmarks.floors import raw_update, same_rows
from benchmarks.harness import Line, report
from clinic.app import create_app
from clinic.classes import places
from clinic.classes.errors import ClassIsFull
from clinic.classes.models import ClassSession, Place
from clinic.extensions import db
from clinic.notifications.models import Message
from clinic.viewer import acting_as, system
from tests import servers
from tests.classes.factories import NOW, a_class, a_clinic, a_person

SHARE, REFUSAL, STATEMENTS = 0.15, 5.0, 10
CAPACITY, ROUNDS, SESSIONS, CLIENTS = 12, 7, 5, 16
BY = system("bench")


def main() -> int:
    keeper = servers.keep()
    try:
        with Postgres.on_this_disk() as database:
            return report(measure(create_app(database.config()), database.superuser_url))
    finally:
        if keeper.stdin:
            keeper.stdin.close()


@dataclass(frozen=True)
class Round:
    """Units a second of each in turn, and the process's own seconds a booking and a refusal."""

    raw: float
    rows: float
    whole: float
    refused: float
    booking_cpu: float
    refusal_cpu: float


def measure(app: Flask, floor_url: str) -> list[Line]:
    """Every line of the promise, and what is shown beside it; the floors pass no wall."""
    with app.app_context(), acting_as(BY):
        sessions, people = _town()
        with psycopg.connect(floor_url, autocommit=True) as floor:
            rounds = [_round(floor, sessions, people) for _ in range(ROUNDS)]
            statements = _statements(next(sessions), people)
            booked = db.session.query(Place).count()
            told = db.session.query(Message).count()
        crowd = _crowd(app, [next(sessions) for _ in range(2 * SESSIONS)], people)
    return [
        Line("a whole booking, of the raw UPDATE", _median(one.whole / one.raw for one in rounds), SHARE),
        Line("a refusal, of a booking's speed", _median(one.refused / one.whole for one in rounds), REFUSAL),
        Line("statements of a booking", statements, STATEMENTS, at_least=False),
        Line("places without a planned reminder", booked - told, 0, at_least=False),
        Line("a whole booking, of the same rows by hand", _median(one.whole / one.rows for one in rounds)),
        Line("the same rows by hand, of the raw UPDATE", _median(one.rows / one.raw for one in rounds)),
        Line("a booking, us of this process", _median(one.booking_cpu * 1e6 for one in rounds)),
        Line("a refusal, us of this process", _median(one.refusal_cpu * 1e6 for one in rounds)),
        Line("bookings a second, one client", _median(one.whole for one in rounds)),
        Line(f"bookings a second, {CLIENTS} clients", crowd),
    ]


def _round(floor: psycopg.Connection[Any], sessions: Iterator[int], people: Iterator[int]) -> Round:
    here, ours = ([next(sessions) for _ in range(SESSIONS)] for _ in range(2))
    seats, our_seats = ([one for one in some for _ in range(CAPACITY)] for some in (here, ours))
    raw = _per_second(len(seats), lambda: raw_update.take_all(floor, seats))
    _empty(floor, here)
    who = same_rows.people(floor, [next(people) for _ in seats])
    rows = _per_second(len(seats), lambda: same_rows.book_all(floor, seats, who))
    began = time.process_time()
    whole = _per_second(len(seats), lambda: _book_all(our_seats, people))
    all_booked = time.process_time()
    late = [next(people) for _ in seats]
    refused = _per_second(len(seats), lambda: _refuse_all(our_seats, late))
    each = (all_booked - began) / len(seats), (time.process_time() - all_booked) / len(seats)
    return Round(raw, rows, whole, refused, *each)


def _town() -> tuple[Iterator[int], Iterator[int]]:
    """Empty sessions, and people who wait and have a phone: enough of both."""
    clinic = a_clinic()
    needed = 2 * (ROUNDS + 2) * SESSIONS
    for n in range(needed):
        a_class(clinic, weekday=n % 5, capacity=CAPACITY, room=3 * CAPACITY, weeks=1)
    wanted = 3 * (ROUNDS + 2) * SESSIONS * CAPACITY
    people = [a_person(clinic, mobile=f"+4477009{n:05d}").id for n in range(wanted)]
    sessions = list(db.session.scalars(db.select(ClassSession.id).order_by(ClassSession.id)))
    db.session.commit()
    return iter(sessions), iter(people)


def _book(session_id: int, episode_id: int) -> None:
    places.book_visit(session_id=session_id, episode_id=episode_id, by=BY, now=NOW)


def _book_all(seats: Sequence[int], people: Iterator[int]) -> None:
    for session_id in seats:
        _book(session_id, next(people))


def _refuse_all(seats: Sequence[int], people: Sequence[int]) -> None:
    for session_id, episode_id in zip(seats, people, strict=True):
        try:
            _book(session_id, episode_id)
        except ClassIsFull:
            continue
        raise AssertionError("a full session took somebody")


def _crowd(app: Flask, sessions: Sequence[int], people: Iterator[int]) -> float:
    """Bookings a second by many clients at once, each with a connection of its own."""
    todo = [(one, next(people)) for _ in range(CAPACITY) for one in sessions]
    count, lock, start = len(todo), threading.Lock(), threading.Barrier(CLIENTS + 1)

    def client() -> None:
        start.wait()
        while True:
            with lock:
                if not todo:
                    return
                session_id, episode_id = todo.pop()
            with app.app_context(), acting_as(BY):
                _book(session_id, episode_id)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - started)


def _empty(floor: psycopg.Connection[Any], session_ids: Sequence[int]) -> None:
    with floor.transaction():
        floor.execute("UPDATE sessions SET taken = 0 WHERE id = ANY(%s)", (list(session_ids),))


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _per_second(units: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return units / (time.perf_counter() - started)


def _statements(session_id: int, people: Iterator[int]) -> int:
    """Of one booking in a warm process; the viewer's own setting counts, BEGIN and COMMIT do not."""
    with counted() as seen:
        _book(session_id, next(people))
    return len(seen)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent meanwhile."""
    seen: list[str] = []

    def listener(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


if __name__ == "__main__":
    sys.exit(main())
