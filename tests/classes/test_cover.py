"""Absences, cover, merges and rooms: fewer seats are said, nobody is dropped, nobody is in two places."""

from datetime import time, timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import (
    absences,
    cover,
    impact,
    merging,
    moving,
    one_session,
    queries,
    seats,
    slots,
    timetable,
)
from clinic.classes.absences import Away
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.merging import Merge
from clinic.classes.models import ExerciseClass, Gap, Outcome, SessionState
from clinic.classes.moving import Move
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.viewer import staff
from clinic.worklist.models import CallListEntry, Task, WorkState
from tests.classes.factories import BY, NOW, TODAY, a_class, a_clinic, a_person, a_user, sessions_of

MONDAY_WEEK = TODAY + timedelta(days=13)


def take(*takes):
    with transaction():
        return seats.change(takes=takes, by=BY, now=NOW)


def visits(clinic, session, count, **more):
    people = [a_person(clinic, **more) for _ in range(count)]
    return [take(VisitTake(session.id, person.id)).places[0] for person in people]


def open_work(model):
    return sorted(row.kind for row in db.session.query(model).filter_by(state=WorkState.OPEN))


def texts(name):
    return db.session.query(Message).filter_by(text=name, state=MessageState.PLANNED).all()


@pytest.fixture
def physio(clinic):
    return a_user(clinic, Role.PHYSIOTHERAPIST)


@pytest.fixture
def instructor(clinic):
    return a_user(clinic, Role.INSTRUCTOR)


@pytest.fixture
def tuesdays(clinic, physio, instructor):
    return led(a_class(clinic, capacity=12), physio, instructor)


@transaction()
def led(row, lead, second=None):
    for one in (row, *sessions_of(row)):
        one.instructor_id, one.second_id = lead.id, second.id if second else None
    return row


def away(clinic, user, **more):
    return Away(clinic.id, user.id, **{"first": TODAY, "last": TODAY + timedelta(days=6), **more})


def record(asked, **more):
    return absences.record(away=asked, reason="illness", **{"by": BY, "now": NOW, **more})


# --- absences ---


@pytest.mark.both_databases
def test_an_absence_lowers_the_seats_and_names_who_is_over_with_an_owner(clinic, tuesdays, physio):
    first, second = sessions_of(tuesdays)
    visits(clinic, first, 2)
    sam = staff(a_user(clinic).id, clinic.id, "coordinator")
    seen = absences.preview(away(clinic, physio), NOW)
    assert [(line.seats, line.over) for line in seen.lines] == [(0, 2)]
    record(away(clinic, physio), by=sam, seen=seen.fingerprint)
    assert (first.capacity, first.taken, first.staffing, first.instructor_id) == (0, 2, ["instructor"], None)
    assert (second.capacity, second.instructor_id) == (12, physio.id)
    (task,) = db.session.query(Task).all()
    assert (task.kind, task.owner_id) == ("session_over_capacity", sam.id)
    assert db.session.query(Message).count() == 0


def test_a_session_made_later_falls_into_a_known_absence(clinic, tuesdays, physio):
    record(away(clinic, physio, last=TODAY + timedelta(weeks=8)))
    timetable.materialise(class_id=tuesdays.id, until=TODAY + timedelta(weeks=5), by=BY, since=TODAY)
    assert {s.instructor_id for s in sessions_of(tuesdays)} == {None}
    assert db.session.query(Gap).count() == 5


def test_who_is_back_early_has_the_sessions_again_that_nobody_covers(clinic, tuesdays, physio):
    row = record(away(clinic, physio, last=TODAY + timedelta(days=12)))
    assert absences.withdraw(absence_id=row.id, by=BY, now=NOW) == 2
    assert {(s.instructor_id, s.capacity) for s in sessions_of(tuesdays)} == {(physio.id, 12)}
    assert absences.withdraw(absence_id=row.id, by=BY, now=NOW) == 0


def test_an_absence_seen_with_fewer_people_is_shown_again(clinic, tuesdays, physio):
    seen = absences.preview(away(clinic, physio), NOW)
    visits(clinic, sessions_of(tuesdays)[0], 1)
    with pytest.raises(impact.ImpactChanged):
        record(away(clinic, physio), seen=seen.fingerprint)


@pytest.mark.parametrize("wish", [{"last": TODAY - timedelta(days=1)}, {"staff_id": 999}])
def test_an_absence_that_makes_no_sense_is_refused(clinic, physio, wish):
    facts = {"clinic_id": clinic.id, "staff_id": physio.id, "first": TODAY, "last": TODAY, **wish}
    with pytest.raises(BadTimetable):
        absences.preview(Away(**facts), NOW)


def test_a_session_moved_out_of_an_absence_and_back_is_theirs_and_is_not(clinic, tuesdays, physio):
    first = sessions_of(tuesdays)[0]
    record(away(clinic, physio))
    there = {"session_id": first.id, "wall_time": time(9), "venue_id": first.venue_id, "by": BY, "now": NOW}
    one_session.move(on=TODAY + timedelta(days=7), **there)
    assert (first.instructor_id, first.capacity) == (physio.id, 12)
    asked = Move(first.id, TODAY + timedelta(days=2), time(9), first.venue_id)
    assert moving.preview(asked, NOW).warnings == ("Sam is away that day: 25 November.",)
    one_session.move(on=asked.on, **there)
    assert (first.instructor_id, first.capacity, db.session.query(Gap).count()) == (None, 0, 1)


# --- cover ---


def assign(session, user, seat="lead"):
    return cover.assign(session_id=session.id, seat=seat, staff_id=user.id, by=BY, now=NOW)


def another(clinic, role, name):
    with transaction():
        user = a_user(a_clinic(name), role)
        user.clinic_id = clinic.id
    return user


def test_cover_gives_the_seats_back_and_closes_the_work(clinic, tuesdays, physio):
    first = sessions_of(tuesdays)[0]
    visits(clinic, first, 2)
    record(away(clinic, physio))
    stand_in = another(clinic, Role.PHYSIOTHERAPIST, "Bank")
    assert assign(first, stand_in) == 0
    assert (first.instructor_id, first.capacity, open_work(Task)) == (stand_in.id, 12, [])
    assert db.session.query(Gap).one().covered_by_id == stand_in.id
    assert sessions_of(tuesdays)[1].instructor_id == physio.id


def test_cover_of_a_lesser_role_leaves_the_required_one_missing(clinic, tuesdays, physio):
    first = sessions_of(tuesdays)[0]
    with transaction():
        first.level_band = "high"
    record(away(clinic, physio))
    assign(first, another(clinic, Role.INSTRUCTOR, "Bank"))
    assert (sorted(first.staffing), first.capacity) == (["instructor", "instructor"], 0)


def test_nobody_is_in_two_sessions_at_once(clinic, tuesdays, physio):
    at_once = led(a_class(clinic, weeks=1), another(clinic, Role.INSTRUCTOR, "Bank"))
    with pytest.raises(BadTimetable, match="has Class 1 at that time"):
        assign(sessions_of(at_once)[0], physio)


def test_nobody_covers_during_an_appointment_of_theirs(clinic, tuesdays):
    first, stand_in = sessions_of(tuesdays)[0], another(clinic, Role.PHYSIOTHERAPIST, "Bank")
    slots.book(
        episode_id=a_person(clinic).id,
        kind="treatment",
        staff_id=stand_in.id,
        venue_id=None,
        starts_at=first.starts_at - timedelta(minutes=30),
        by=BY,
        now=NOW,
    )
    with pytest.raises(BadTimetable, match="has an appointment at that time"):
        assign(first, stand_in)


def test_who_is_away_covers_nothing_and_the_list_says_why(clinic, tuesdays):
    first, stand_in = sessions_of(tuesdays)[0], another(clinic, Role.PHYSIOTHERAPIST, "Bank")
    record(away(clinic, stand_in))
    with pytest.raises(BadTimetable, match="is away that day"):
        assign(first, stand_in)
    assert [why for user, why in cover.who_can(first) if user.id == stand_in.id] == ["is away that day"]


def test_cover_that_has_a_session_keeps_it_when_the_other_is_back(clinic, tuesdays, physio):
    first, stand_in = sessions_of(tuesdays)[0], another(clinic, Role.PHYSIOTHERAPIST, "Bank")
    row = record(away(clinic, physio))
    assign(first, stand_in)
    assert absences.withdraw(absence_id=row.id, by=BY, now=NOW) == 0
    assert first.instructor_id == stand_in.id


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
def test_only_who_may_supervise_covers(clinic, tuesdays, role):
    with pytest.raises(BadTimetable):
        assign(sessions_of(tuesdays)[0], another(clinic, role, "Bank"))


def test_somebody_of_another_clinic_does_not_cover(clinic, tuesdays):
    with pytest.raises(BadTimetable):
        assign(sessions_of(tuesdays)[0], a_user(a_clinic("Elsewhere"), Role.INSTRUCTOR))


# --- merge ---


@pytest.fixture
def afternoon(clinic):
    """Another session of the same Tuesday, with two seats."""
    return sessions_of(a_class(clinic, capacity=2, wall_time=time(14)))[0]


def merge(source, target, **more):
    return merging.merge(asked=Merge(source.id, target.id), by=BY, now=NOW, **more)


@pytest.mark.both_databases
def test_a_merge_moves_who_fits_and_names_and_rings_who_does_not(clinic, tuesdays, afternoon):
    first = sessions_of(tuesdays)[0]
    gone = visits(clinic, first, 3)
    seen = merging.preview(Merge(first.id, afternoon.id), NOW)
    assert [one.why for one in seen.orphaned] == ["there is no free seat left"]
    merge(first, afternoon, seen=seen.fingerprint)
    assert (first.state, first.taken, afternoon.taken) == (SessionState.CANCELLED, 0, 2)
    assert (len(texts("session_moved")), len(texts("session_cancelled"))) == (2, 1)
    assert texts("session_moved")[0].facts["old_time"] == "10:30"
    assert open_work(CallListEntry) == ["merge_did_not_fit"]
    outcomes = {queries.place(one).outcome for one in gone}
    assert (outcomes, seats.count_check()) == ({Outcome.CANCELLED_BY_SERVICE}, [])


def test_a_member_keeps_the_weekly_seat_when_one_date_is_merged(clinic, tuesdays, afternoon):
    ada = a_person(clinic)
    take(StandingTake(tuesdays.id, ada.id, TODAY))
    merge(sessions_of(tuesdays)[0], afternoon)
    coming = queries.coming_places(ada.id, NOW)
    assert [place.session.class_id for place in coming] == [afternoon.class_id, tuesdays.id]
    assert (db.session.get(ExerciseClass, tuesdays.id).taken, seats.count_check()) == (1, [])


def test_who_needs_more_help_than_the_other_session_gives_does_not_go(clinic, tuesdays, afternoon):
    with transaction():
        first = sessions_of(tuesdays)[0]
        first.level_band = afternoon.level_band = "low"
    visits(clinic, first, 1)
    assert "supervision" in merging.preview(Merge(first.id, afternoon.id), NOW).orphaned[0].why


def test_a_milder_session_is_no_place_to_merge_into(clinic, tuesdays, afternoon):
    first = sessions_of(tuesdays)[0]
    assert [one.id for one in merging.suitable(first, NOW)] == [afternoon.id]
    with transaction():
        afternoon.level_band = "low"
    assert merging.suitable(first, NOW) == []
    with pytest.raises(BadTimetable):
        merge(first, afternoon)


def test_whom_a_person_ranked_first_goes_first(clinic, tuesdays, afternoon):
    first = sessions_of(tuesdays)[0]
    last = queries.place(visits(clinic, first, 3)[-1]).episode_id
    merging.merge(asked=Merge(first.id, afternoon.id, (last,)), by=BY, now=NOW)
    assert last in {place.episode_id for place in queries.places_of(afternoon.id)}


def test_a_session_that_is_cancelled_is_not_merged(clinic, tuesdays, afternoon):
    first = sessions_of(tuesdays)[0]
    one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)
    with pytest.raises(SessionIsOver):
        merge(first, afternoon)
