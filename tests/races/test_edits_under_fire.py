"""Edits of the timetable while seats are booked: nobody is lost, counted twice, or left in what is gone."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from clinic.classes import cancelling, ending, following, merging, places, seats
from clinic.classes.cancelling import Days
from clinic.classes.ending import End
from clinic.classes.merging import Merge
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, Place, PlaceState
from clinic.classes.splitting import Following
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.viewer import acting_as, system
from tests.classes.factories import HALF_PAST_TEN, NOW, TODAY
from tests.races.harness import SUITE, run, seats_of, world

BY = system("races")
CLASSES, CAPACITY = SUITE.classes, SUITE.capacity


def book(session_id, episode_id):
    return places.book_visit(session_id=session_id, episode_id=episode_id, by=BY, now=NOW)


def join(class_id, episode_id):
    with transaction():
        seats.change(takes=[StandingTake(class_id, episode_id, TODAY)], by=BY, now=NOW)


def to_thursday(class_id):
    edit = Following(class_id, TODAY + timedelta(days=1), 3, HALF_PAST_TEN, venue_of(class_id))
    following.follow(edit=edit, by=BY, now=NOW)


def venue_of(class_id):
    return db.session.get_one(ExerciseClass, class_id).venue_id


def inside(place):
    return place.app.app_context(), acting_as(system("races", place.clinic_id))


def everything_is_right(place, outcome):
    after = seats_of(place)
    assert (outcome.errors, after.over, after.miscounted) == ([], [], [])
    context, viewer = inside(place)
    with context, viewer:
        astray = select(Place.id).join(ClassSession, ClassSession.id == Place.session_id)
        astray = astray.where(Place.state != PlaceState.RELEASED, Place.local_date != ClassSession.local_date)
        assert db.session.scalars(astray).all() == []
    return after


@pytest.mark.both_databases
def test_a_class_goes_on_as_another_while_people_join_it(app):
    """Whoever joined in time went along; whoever came late was told that it is full."""
    place = world(app, SUITE, people=4 * CLASSES * CAPACITY)
    joins = [partial(join, c, place.next_person()) for c in place.class_ids for _ in range(2 * CAPACITY)]
    visits = [partial(book, s, place.next_person()) for s in place.session_ids for _ in range(CAPACITY)]
    outcome = run(place, [*joins, *visits, *(partial(to_thursday, c) for c in place.class_ids)])
    everything_is_right(place, outcome)
    context, viewer = inside(place)
    with context, viewer:
        old = select(Member.id).where(Member.class_id.in_(place.class_ids), Member.state != MemberState.LEFT)
        assert db.session.scalars(old).all() == []
        still = select(ClassSession.id).where(ClassSession.class_id.in_(place.class_ids))
        assert db.session.scalars(still).all() == []


def test_a_class_ends_while_people_join_it(app):
    place = world(app, SUITE, people=3 * CLASSES * CAPACITY)
    joins = [partial(join, c, place.next_person()) for c in place.class_ids for _ in range(2 * CAPACITY)]
    ends = [partial(ending.end, asked=End(c, TODAY), by=BY, now=NOW) for c in place.class_ids]
    outcome = run(place, [*joins, *ends])
    after = everything_is_right(place, outcome)
    assert (after.standing, after.filled) == (0, 0)


def test_a_day_is_cancelled_while_people_book_it(app):
    place = world(app, SUITE, people=2 * CLASSES * CAPACITY)
    visits = [partial(book, s, place.next_person()) for s in place.session_ids for _ in range(2 * CAPACITY)]
    days = Days(place.clinic_id, TODAY, TODAY + timedelta(days=6))
    cancel = partial(cancelling.cancel_days, days=days, reason="floor", by=BY, now=NOW)
    outcome = run(place, [*visits, cancel])
    assert everything_is_right(place, outcome).filled == 0


def test_sessions_are_merged_into_each_other_at_once(app):
    """Each tries to go into the next: somebody wins, and nobody is in two sessions or in none unheard."""
    place = world(app, SUITE, people=3 * CLASSES * CAPACITY)
    visits = [partial(book, s, place.next_person()) for s in place.session_ids for _ in range(CAPACITY)]
    ring = zip(place.session_ids, [*place.session_ids[1:], place.session_ids[0]], strict=True)
    merges = [partial(merging.merge, asked=Merge(one, other), by=BY, now=NOW) for one, other in ring]
    outcome = run(place, [*visits, *merges])
    everything_is_right(place, outcome)
