"""The arms of promise P3: each makes a world, lets the clients loose on it, and says what went wrong."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clinic.classes import offers, one_session, places, promotion, seats
from clinic.classes.models import ClassSession, Offer, OfferState, Place, PlaceState, WaitingEntry
from clinic.classes.offer_rows import StandingLine
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode
from clinic.viewer import acting_as, system
from tests.classes.factories import NOW, TODAY
from tests.races.harness import Outcome, Seats, Size, World, run, seats_of, world

BY = system("races")


@dataclass
class Report:
    """One run of one arm; `problems` is empty when every promise held."""

    outcome: Outcome
    after: Seats
    seats: int
    filled: int
    problems: list[str]


Arm = Callable[[Any, Size, int], Report]


def _report(place: World, outcome: Outcome, expected: dict[str, tuple[object, object]]) -> Report:
    after = seats_of(place)
    found = {"errors": outcome.errors, "over": after.over, "miscounted": after.miscounted}
    problems = [f"{what}: {rows[:3]}" for what, rows in found.items() if rows]
    actual = {"filled": after.filled, "standing": after.standing}
    for what, (wanted, got) in expected.items():
        got = actual.get(what, got)
        problems += [f"{what}: {got}, not {wanted}"] if got != wanted else []
    return Report(outcome, after, place.seats, after.filled, problems)


def book(session_id: int, episode_id: int) -> int:
    return places.book_visit(session_id=session_id, episode_id=episode_id, by=BY, now=NOW)


def offer(episode_id: int, class_ids: list[int]) -> int:
    lines = [StandingLine(class_id, TODAY) for class_id in class_ids]
    return offers.make(episode_id=episode_id, lines=lines, by=BY, now=NOW).id


def _offer_and_accept(episode_id: int, class_ids: list[int]) -> None:
    offers.accept(offer_id=offer(episode_id, class_ids), by=BY, now=NOW)


def _bookings(place: World, times: int) -> list[Callable[[], object]]:
    wanted = [s for s in place.session_ids for _ in range(times * place.size.capacity)]
    return [partial(book, session_id, place.next_person()) for session_id in wanted]


def _beforehand(place: World, attempts: list[Callable[[], object]]) -> list[int]:
    """What is there when the race begins, made by the same clients at once; every one of them is told yes."""
    outcome = run(place, attempts)
    assert outcome.said_yes == len(attempts), (outcome.said_no, outcome.errors[:3])
    return outcome.values


def bookings(app: Any, size: Size, seed: int) -> Report:
    """Twice as many direct bookings as seats."""
    place = world(app, size, people=2 * size.classes * size.capacity)
    outcome = run(place, _bookings(place, 2), seed=seed)
    said = (place.seats, {"ClassIsFull"}), (outcome.said_yes, set(outcome.said_no))
    return _report(place, outcome, {"filled": (place.seats, None), "answers": said})


def at_the_door(app: Any, size: Size, seed: int) -> Report:
    """The same at the one door itself, without the services' earlier looks: what the control takes apart."""
    place = world(app, size, people=2 * size.classes * size.capacity)

    def take(session_id: int, episode_id: int) -> None:
        with transaction():
            seats.change(takes=[VisitTake(session_id, episode_id)], by=BY, now=NOW)

    wanted = [s for s in place.session_ids for _ in range(2 * size.capacity)]
    outcome = run(place, [partial(take, one, place.next_person()) for one in wanted], seed=seed)
    return _report(place, outcome, {"filled": (place.seats, None)})


def standing_pairs(app: Any, size: Size, seed: int) -> Report:
    """Two standing seats held and then confirmed, pairs asked for in either order."""
    place = world(app, size, people=size.classes * size.capacity, weekdays=(1, 4))
    pairs = [place.class_ids[n : n + 2] for n in range(0, size.classes - 1, 2)]
    wanted = [pair[:: 1 if n % 2 else -1] for pair in pairs for n in range(2 * size.capacity)]
    tries = [partial(_offer_and_accept, place.next_person(), pair) for pair in wanted]
    outcome = run(place, tries, seed=seed)
    full = len(pairs) * 2 * size.capacity
    return _report(place, outcome, {"filled": (full, None), "standing": (full, None)})


def offers_against_bookings(app: Any, size: Size, seed: int) -> Report:
    """Offers accepted while others book the same sessions."""
    place = world(app, size, people=3 * size.classes * size.capacity)
    wanted = [class_id for class_id in place.class_ids for _ in range(size.capacity // 2)]
    made = _beforehand(place, [partial(offer, place.next_person(), [one]) for one in wanted])
    yes = [partial(offers.accept, offer_id=one, by=BY, now=NOW) for one in made]
    outcome = run(place, [*yes, *_bookings(place, 1)], seed=seed)
    return _report(place, outcome, {"filled": (place.seats, None), "standing": (len(made), None)})


def cancellations_handed_over(app: Any, size: Size, seed: int) -> Report:
    """Every seat given up while others book: each goes to somebody on the waiting list."""
    place = world(app, size, people=5 * size.classes * size.capacity)
    taken = _beforehand(place, _bookings(place, 1))
    with app.app_context(), acting_as(system("races", place.clinic_id)):
        _on_the_list(place, 2 * len(taken))
    free = [partial(places.cannot_come, place_id=one, by=BY, now=NOW) for one in taken]
    outcome = run(place, [*free, *_bookings(place, 1)], seed=seed)
    held = (len(taken), _held(place))
    return _report(place, outcome, {"filled": (place.seats, None), "handed on": held})


def capacity_cut(app: Any, size: Size, seed: int) -> Report:
    """Capacity lowered while others book: after the cut nobody is seated, and nobody is dropped."""
    place = world(app, size, people=2 * size.classes * size.capacity)

    def cut(session_id: int) -> tuple[int, int]:
        with transaction():
            one_session.set_staffing(session_id=session_id, staffing=["physiotherapist"], by=BY, now=NOW)
            return session_id, db.session.get_one(ClassSession, session_id).taken

    outcome = run(place, [*_bookings(place, 2), *(partial(cut, s) for s in place.session_ids)], seed=seed)
    seen = dict(value for value in outcome.values if isinstance(value, tuple))
    report = _report(place, outcome, {"seated after the cut": (seen, seats_of(place).taken)})
    report.problems = [one for one in report.problems if not one.startswith("over")]  # they have an owner
    return report


def sessions_cancelled(app: Any, size: Size, seed: int) -> Report:
    """Sessions cancelled while others book: nobody is left in one that will not be held."""
    place = world(app, size, people=2 * size.classes * size.capacity)
    end = partial(one_session.cancel, reason="illness", by=BY, now=NOW)
    cancels = [partial(end, session_id=session_id) for session_id in place.session_ids]
    return _report(place, run(place, [*_bookings(place, 2), *cancels], seed=seed), {"filled": (0, None)})


def any_order_of_classes(app: Any, size: Size, seed: int) -> Report:
    """Two classes taken in either order: the lock order decides, not the caller's; nothing deadlocks."""
    place = world(app, size, people=2 * size.capacity, weekdays=(1, 4))

    def take(episode_id: int, class_ids: list[int]) -> None:
        with transaction():
            takes = [StandingTake(class_id, episode_id, TODAY) for class_id in class_ids]
            seats.change(takes=takes, by=BY, now=NOW)

    orders = [place.class_ids[:2], place.class_ids[1::-1]]
    tries = [partial(take, place.next_person(), orders[n % 2]) for n in range(2 * size.capacity)]
    return _report(place, run(place, tries, seed=seed), {"standing": (2 * size.capacity, None)})


def sweeps(app: Any, size: Size, seed: int) -> Report:
    """Several sweeps at once, while offers are made by hand and declined: every seat, nobody offered two."""
    place = world(app, size, people=3 * size.classes * size.capacity, weekdays=(4,))
    with app.app_context(), acting_as(system("races", place.clinic_id)):
        first = _on_the_list(place, size.classes)
        made = [offer(who, [class_id]) for who, class_id in zip(first, place.class_ids, strict=True)]
        _on_the_list(place, size.classes * size.capacity)
    sweep = partial(promotion.sweep_clinic, place.clinic_id, NOW)
    no = [partial(offers.decline, offer_id=one, by=BY, now=NOW) for one in made]
    by_hand = [partial(offer, place.next_person(), [class_id]) for class_id in place.class_ids]
    outcome = run(place, [*no, *by_hand, *[sweep] * 4], seed=seed)
    with app.app_context(), acting_as(system("races", place.clinic_id)):
        promotion.sweep_clinic(place.clinic_id, NOW)
    twice = (0, sum(number > 1 for number in _open_offers(place).values()))
    return _report(place, outcome, {"standing": (place.seats, None), "offered two": twice})


ARMS: dict[str, Arm] = {
    arm.__name__: arm
    for arm in (
        bookings,
        at_the_door,
        standing_pairs,
        offers_against_bookings,
        cancellations_handed_over,
        capacity_cut,
        sessions_cancelled,
        any_order_of_classes,
        sweeps,
    )
}


def guard_off(patch: Callable[[object, str, object], None], kind: str) -> None:
    """The control: the guard is really off, and nothing else is.

    SQLite lets one writer in at a time, so there the condition itself goes; on PostgreSQL a seat is counted
    and then taken, without the locks, and two clients have counted before either takes: what a busy morning
    does now and then happens each time.
    """
    both = threading.Barrier(2)

    def count_then_take(model: Any, ids: Any, **_: Any) -> set[int]:
        free = select(model.id).where(model.id.in_(ids), model.taken < model.capacity)
        found = db.session.scalars(free).all()
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=2)
        return _take_without_looking(model, found)

    patch(seats, "_seated", count_then_take if kind == "postgresql" else _take_without_looking)
    patch(PGDialect_psycopg, "do_execute", _execute_without_locking)


def _execute_without_locking(dialect: Any, cursor: Any, statement: str, given: Any, context: Any) -> None:
    cursor.execute(re.sub(r" FOR NO KEY UPDATE( OF \w+)?( SKIP LOCKED)?$", "", statement), given)


def _take_without_looking(model: Any, ids: Any, **_: Any) -> set[int]:
    rise = update(model).where(model.id.in_(ids)).values(taken=model.taken + 1)
    db.session.execute(rise, execution_options={"synchronize_session": False})
    return set(ids)


def _on_the_list(place: World, number: int) -> list[int]:
    """For ten days already: the sweep no longer leaves them to the coordinator."""
    people = [place.next_person() for _ in range(number)]
    since, who = NOW - timedelta(days=10), select(Episode).where(Episode.id.in_(people))
    with transaction():
        db.session.add_all(
            WaitingEntry(
                clinic_id=place.clinic_id,
                patient_id=episode.patient_id,
                episode_id=episode.id,
                tier=2,
                referred_on=episode.referred_on,
                entered_at=since,
            )
            for episode in db.session.scalars(who.order_by(Episode.id))
        )
    return people


def _held(place: World) -> int:
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        query = select(Place.id).where(Place.state == PlaceState.HELD, Place.clinic_id == place.clinic_id)
        return len(db.session.scalars(query).all())


def _open_offers(place: World) -> Counter[int]:
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        query = select(Offer.episode_id).where(Offer.state == OfferState.OPEN)
        return Counter(db.session.scalars(query.where(Offer.clinic_id == place.clinic_id)))
