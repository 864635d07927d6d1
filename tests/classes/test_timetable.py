from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.classes import one_session, places, queries, seats, timetable
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.models import ClassSession, MemberState, Outcome, PlaceState, SessionState, Venue
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.worklist.models import CallListEntry, Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases
LONDON = ZoneInfo("Europe/London")


def create(clinic, **more):
    venue = db.session.query(Venue).filter_by(clinic_id=clinic.id).first()
    facts = {"weekday": 1, "wall_time": time(10, 30), "level_phase": "P2", "level_band": "intermediate"}
    facts |= {"room": 20, "staffing": ["physiotherapist", "instructor"], "starts_on": TODAY}
    return timetable.create_class(
        clinic_id=clinic.id, name="Tuesday", venue_id=venue.id, by=BY, now=NOW, **{**facts, **more}
    )


@transaction()
def take(*takes):
    return seats.change(takes=takes, by=BY, now=NOW)


def texts(name) -> list[Message]:
    return db.session.query(Message).filter_by(text=name).all()


def test_a_new_class_has_six_weeks_of_sessions_and_seats_for_its_staff(clinic):
    row = create(clinic)
    dates = [session.local_date for session in sessions_of(row)]
    assert (row.capacity, dates[0], len(dates)) == (12, date(2026, 11, 24), 6)


def test_making_sessions_again_makes_none(clinic):
    row = create(clinic)
    again = timetable.materialise(class_id=row.id, until=TODAY + timedelta(weeks=6), by=BY, since=TODAY)
    assert again == 0


def test_public_holidays_and_closures_make_no_session(clinic):
    timetable.close_days(
        clinic_id=clinic.id, first=date(2026, 12, 4), last=date(2026, 12, 4), reason="Floor", by=BY
    )
    dates = [session.local_date for session in sessions_of(create(clinic, weekday=4))]
    assert date(2026, 12, 4) not in dates
    assert date(2026, 12, 25) not in dates
    assert date(2026, 12, 18) in dates


def test_wall_time_is_kept_when_the_clocks_change(clinic):
    row = create(clinic, weekday=6)
    timetable.materialise(class_id=row.id, until=date(2027, 4, 30), by=BY, since=date(2027, 3, 1))
    march = [s.starts_at.astimezone(LONDON) for s in sessions_of(row) if s.local_date.month in (3, 4)]
    assert {moment.time() for moment in march} == {time(10, 30)}
    assert {moment.utcoffset() for moment in march} == {timedelta(0), timedelta(hours=1)}


def test_a_new_session_has_its_members_and_held_seats_in_it(clinic):
    row = create(clinic)
    ada, bea = a_person(clinic), a_person(clinic)
    take(StandingTake(row.id, ada.id, TODAY), StandingTake(row.id, bea.id, TODAY, MemberState.HELD))
    timetable.materialise(class_id=row.id, until=TODAY + timedelta(weeks=8), by=BY, since=TODAY)
    last = sessions_of(row)[-1]
    assert {place.state for place in queries.places_of(last.id)} == {PlaceState.BOOKED, PlaceState.HELD}
    assert (last.taken, seats.count_check()) == (2, [])


def test_rolling_forward_reaches_every_clinic(clinic):
    create(clinic)
    assert timetable.roll_forward(NOW + timedelta(weeks=2)) == 2


def test_a_class_that_may_seat_nobody_is_refused(clinic):
    with pytest.raises(BadTimetable):
        create(clinic, staffing=[])


def test_a_cancelled_session_frees_and_tells_everybody(clinic):
    row = a_class(clinic, capacity=3)
    first = sessions_of(row)[0]
    done = take(StandingTake(row.id, a_person(clinic).id, TODAY), VisitTake(first.id, a_person(clinic).id))
    one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)
    assert (first.state, first.taken, row.taken) == (SessionState.CANCELLED, 0, 1)
    assert len(texts("session_cancelled")) == 2
    outcomes = {place.outcome for place in queries.places_of(first.id, PlaceState.RELEASED)}
    assert outcomes == {Outcome.CANCELLED_BY_SERVICE}
    assert len(done.places) == 3


def test_who_cannot_be_texted_about_a_cancelled_session_is_rung(clinic):
    first = sessions_of(a_class(clinic))[0]
    take(VisitTake(first.id, a_person(clinic, mobile=None).id))
    one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)
    assert [call.kind for call in db.session.query(CallListEntry)] == ["session_cancelled"]


def test_a_session_is_cancelled_once(clinic):
    first = sessions_of(a_class(clinic))[0]
    one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)
    with pytest.raises(SessionIsOver):
        one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)


def test_a_moved_session_has_a_new_reminder_and_the_old_one_is_stopped(clinic):
    row = a_class(clinic)
    first = sessions_of(row)[0]
    ada = a_person(clinic)
    places.book_visit(session_id=first.id, episode_id=ada.id, by=BY, now=NOW)
    one_session.move(
        session_id=first.id,
        on=first.local_date + timedelta(days=1),
        wall_time=time(14, 0),
        venue_id=first.venue_id,
        by=BY,
        now=NOW,
    )
    rows = db.session.query(Message).filter_by(rule="reminder").order_by(Message.cause_revision)
    assert [(r.cause_revision, r.state) for r in rows] == [
        (1, MessageState.SUPERSEDED),
        (2, MessageState.PLANNED),
    ]
    assert rows[1].due_at.astimezone(LONDON).time() == time(11, 0)
    assert len(texts("session_moved")) == 1
    assert (first.original_date, first.revision) == (date(2026, 11, 24), 2)


def test_who_has_another_class_on_the_new_day_is_taken_out_and_rung(clinic):
    tuesday, wednesday, ada = a_class(clinic), a_class(clinic, weekday=2), a_person(clinic)
    first = sessions_of(tuesday)[0]
    take(VisitTake(first.id, ada.id), VisitTake(sessions_of(wednesday)[0].id, ada.id))
    orphaned = one_session.move(
        session_id=first.id,
        on=first.local_date + timedelta(days=1),
        wall_time=time(14, 0),
        venue_id=first.venue_id,
        by=BY,
        now=NOW,
    )
    assert (len(orphaned), first.taken, seats.count_check()) == (1, 0, [])
    assert [call.kind for call in db.session.query(CallListEntry)] == ["moved_onto_another_place"]


def test_an_absence_lowers_capacity_and_lists_who_is_over(clinic):
    row = create(clinic)
    first = sessions_of(row)[0]
    visit = [take(VisitTake(first.id, a_person(clinic).id)).places[0] for _ in range(2)]
    over = one_session.set_staffing(session_id=first.id, staffing=["physiotherapist"], by=BY, now=NOW)
    assert (first.capacity, first.taken, over) == (0, 2, visit[::-1])
    assert [task.kind for task in db.session.query(Task)] == ["session_over_capacity"]


def test_the_past_is_no_place_to_move_to(clinic):
    first = sessions_of(a_class(clinic))[0]
    with pytest.raises(BadTimetable):
        one_session.move(
            session_id=first.id,
            on=NOW.date(),
            wall_time=time(8),
            venue_id=first.venue_id,
            by=BY,
            now=datetime.combine(NOW.date(), time(12), LONDON),
        )


def test_a_session_is_known_by_its_first_date(clinic):
    row = create(clinic)
    assert db.session.query(ClassSession).filter_by(class_id=row.id).count() == 6
