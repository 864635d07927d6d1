"""P3: never one seat too many, and every seat filled, with many clients at once; five arms and a control."""

from functools import partial

import pytest
from sqlalchemy import select, update

from clinic.classes import offers, one_session, places, seats, waiting
from clinic.classes.models import ClassSession, Place
from clinic.classes.offer_rows import StandingLine
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode
from clinic.viewer import acting_as, system
from tests.classes.factories import NOW, TODAY
from tests.races.harness import CAPACITY, CLASSES, run, seats_of, world

pytestmark = pytest.mark.both_databases
BY = system("races")


def book(session_id, episode_id):
    return places.book_visit(session_id=session_id, episode_id=episode_id, by=BY, now=NOW)


def offer(episode_id, class_ids):
    lines = [StandingLine(class_id, TODAY) for class_id in class_ids]
    return offers.make(episode_id=episode_id, lines=lines, by=BY, now=NOW).id


def offer_and_accept(episode_id, class_ids):
    offers.accept(offer_id=offer(episode_id, class_ids), by=BY, now=NOW)


def every_seat_is_right(place, outcome):
    after = seats_of(place)
    assert outcome.errors == []
    assert after.over == []
    assert after.miscounted == []
    return after


def test_twice_as_many_bookings_as_seats(app):
    place = world(app, people=2 * CLASSES * CAPACITY)
    wanted = [s for s in place.session_ids for _ in range(2 * CAPACITY)]
    outcome = run(place, [partial(book, s, place.next_person()) for s in wanted])
    assert every_seat_is_right(place, outcome).filled == place.seats == outcome.said_yes
    assert set(outcome.said_no) == {"ClassIsFull"}


def test_seats_held_and_then_confirmed_in_pairs(app):
    place = world(app, people=CLASSES * CAPACITY, weekdays=(1, 4))
    pairs = [place.class_ids[n : n + 2] for n in range(0, CLASSES, 2)]
    wanted = [pair[:: 1 if n % 2 else -1] for pair in pairs for n in range(2 * CAPACITY)]
    outcome = run(place, [partial(offer_and_accept, place.next_person(), pair) for pair in wanted])
    after = every_seat_is_right(place, outcome)
    assert (after.standing, after.filled) == (place.seats, place.seats)


def test_offers_accepted_against_fresh_bookings(app):
    place = world(app, people=3 * CLASSES * CAPACITY)
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        offered = [offer(place.next_person(), [c]) for c in place.class_ids for _ in range(CAPACITY // 2)]
    yes = [partial(offers.accept, offer_id=one, by=BY, now=NOW) for one in offered]
    fresh = [partial(book, s, place.next_person()) for s in place.session_ids for _ in range(CAPACITY)]
    outcome = run(place, yes + fresh)
    after = every_seat_is_right(place, outcome)
    assert (after.filled, after.standing) == (place.seats, len(offered))


def test_cancellations_handed_over_while_others_book(app):
    place = world(app, people=5 * CLASSES * CAPACITY)
    with place.app.app_context(), acting_as(system("races", place.clinic_id)):
        taken = [book(s, place.next_person()) for s in place.session_ids for _ in range(CAPACITY)]
        for _ in range(2 * len(taken)):
            waiting.enter(episode=db.session.get_one(Episode, place.next_person()), by=BY)
        db.session.commit()
    free = [partial(places.cannot_come, place_id=one, by=BY, now=NOW) for one in taken]
    fresh = [partial(book, s, place.next_person()) for s in place.session_ids for _ in range(CAPACITY)]
    outcome = run(place, free + fresh)
    assert every_seat_is_right(place, outcome).filled == place.seats
    assert len(_held(place)) == len(taken), "every freed seat went to somebody on the waiting list"


def test_capacity_cut_while_others_book(app):
    place = world(app, people=2 * CLASSES * CAPACITY)
    seen: dict[int, int] = {}

    def cut(session_id: int) -> None:
        with transaction():
            one_session.set_staffing(session_id=session_id, staffing=["physiotherapist"], by=BY, now=NOW)
            seen[session_id] = db.session.get_one(ClassSession, session_id).taken

    wanted = [s for s in place.session_ids for _ in range(2 * CAPACITY)]
    outcome = run(
        place,
        [partial(book, s, place.next_person()) for s in wanted]
        + [partial(cut, s) for s in place.session_ids],
    )
    assert (outcome.errors, seats_of(place).miscounted) == ([], [])
    assert _taken(place) == seen, "after the cut nobody was seated"


def test_sessions_cancelled_while_others_book(app):
    """Whoever was quick enough is told and freed; nobody is left in a session that will not be held."""
    place = world(app, people=2 * CLASSES * CAPACITY)
    wanted = [s for s in place.session_ids for _ in range(2 * CAPACITY)]
    cancel = [
        partial(one_session.cancel, session_id=s, reason="illness", by=BY, now=NOW) for s in place.session_ids
    ]
    outcome = run(place, [partial(book, s, place.next_person()) for s in wanted] + cancel)
    after = every_seat_is_right(place, outcome)
    assert (after.filled, set(_taken(place).values())) == (0, {0})


def test_standing_seats_taken_in_any_order_of_classes(app):
    """Two classes asked for in either order: the lock order, not the caller's, decides; nothing deadlocks."""
    place = world(app, people=CLASSES * CAPACITY, weekdays=(1, 4))

    def take(episode_id, class_ids):
        with transaction():
            takes = [StandingTake(class_id, episode_id, TODAY) for class_id in class_ids]
            seats.change(takes=takes, by=BY, now=NOW)

    orders = [place.class_ids[:2], place.class_ids[1::-1]]
    outcome = run(place, [partial(take, place.next_person(), orders[n % 2]) for n in range(2 * CAPACITY)])
    assert every_seat_is_right(place, outcome).standing == 2 * CAPACITY


def test_without_the_guard_the_same_harness_overbooks(app, database, monkeypatch):
    """The control: the guard is really off, and nothing else is.

    SQLite lets one writer in at a time, so there the condition itself goes; on PostgreSQL a seat is counted
    and then taken, without the locks.
    """
    naive = _count_then_take if database.kind == "postgresql" else _take_without_looking
    monkeypatch.setattr(seats, "_seated", naive)
    monkeypatch.setattr("sqlalchemy.Select.with_for_update", lambda query, **_: query)
    place = world(app, people=2 * CLASSES * CAPACITY)
    wanted = [s for s in place.session_ids for _ in range(2 * CAPACITY)]
    run(place, [partial(book, s, place.next_person()) for s in wanted])
    assert seats_of(place).over != []


def _count_then_take(model, ids):
    free = db.session.scalars(select(model.id).where(model.id.in_(ids), model.taken < model.capacity)).all()
    return _take_without_looking(model, free)


def _take_without_looking(model, ids):
    rise = update(model).where(model.id.in_(ids)).values(taken=model.taken + 1)
    db.session.execute(rise, execution_options={"synchronize_session": False})
    return set(ids)


def _held(place):
    with place.app.app_context(), acting_as(system("races")):
        return db.session.scalars(select(Place.id).where(Place.state == "held")).all()


def _taken(place) -> dict[int, int]:
    with place.app.app_context(), acting_as(system("races")):
        return dict(db.session.execute(select(ClassSession.id, ClassSession.taken)).all())
