"""All of a class, and the end of a class: everybody is told once, and nobody is left without."""

from datetime import date

import pytest

from clinic.access.models import Role
from clinic.classes import (
    always,
    editing,
    ending,
    impact,
    offers,
    queries,
    seats,
    standing,
    timetable,
    venues,
)
from clinic.classes.always import Always
from clinic.classes.ending import End
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ExerciseClass, Offer, OfferState, SessionState, Venue
from clinic.classes.offer_rows import StandingLine
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.referrals.models import Episode, State
from clinic.viewer import staff
from clinic.worklist.models import CallListEntry, Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user, sessions_of

FRIDAY = date(2026, 11, 27)


def take(*takes):
    with transaction():
        return seats.change(takes=takes, by=BY, now=NOW)


def texts(name):
    return db.session.query(Message).filter_by(text=name, state=MessageState.PLANNED).all()


def work(model):
    return sorted(row.kind for row in db.session.query(model))


def as_it_is(row, **more):
    facts = {"room_id": row.room_id, "instructor_id": row.instructor_id, "second_id": row.second_id}
    facts |= {"level_phase": row.level_phase, "level_band": row.level_band, "staffing": tuple(row.staffing)}
    return Always(**{"class_id": row.id, "name": row.name, "venue_id": row.venue_id, **facts, **more})


@pytest.fixture
def tuesdays(clinic):
    return a_class(clinic, capacity=4, room=14, weeks=3)


@pytest.fixture
def ada(clinic, tuesdays):
    return seated(clinic, tuesdays)


@transaction()
def seated(clinic, row, **more):
    person = a_person(clinic, **more)
    take(StandingTake(row.id, person.id, TODAY))
    standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


@transaction()
def another_venue(clinic, **more):
    facts = {"name": "Gym", "address": "2 High Street", "access": ["step_free"], **more}
    row = Venue(clinic_id=clinic.id, **facts)
    db.session.add(row)
    db.session.flush()
    return row


def edit(asked, **more):
    return editing.edit(asked=asked, by=BY, now=NOW, **more)


# --- all dates of a class ---


def test_another_venue_goes_to_every_date_and_a_member_gets_one_text(clinic, tuesdays, ada):
    gym = another_venue(clinic)
    edit(as_it_is(tuesdays, venue_id=gym.id))
    assert {(s.venue_id, s.revision) for s in sessions_of(tuesdays)} == {(gym.id, 2)}
    assert [m.patient_id for m in texts("class_moved")] == [ada.patient_id]
    assert texts("session_moved") == []


def test_another_lead_is_told_to_nobody(clinic, tuesdays, ada):
    lead = a_user(clinic, Role.INSTRUCTOR)
    edit(as_it_is(tuesdays, instructor_id=lead.id))
    assert {s.instructor_id for s in sessions_of(tuesdays)} == {lead.id}
    assert (texts("class_moved"), {s.revision for s in sessions_of(tuesdays)}) == ([], {1})


def test_a_lead_who_is_busy_then_is_refused(clinic, tuesdays):
    lead = a_user(clinic, Role.INSTRUCTOR)
    other = a_class(clinic, weeks=1)
    edit(as_it_is(other, instructor_id=lead.id))
    asked = as_it_is(tuesdays, instructor_id=lead.id)
    assert "has Class 1 at that time: 24 November" in always.preview(asked, NOW).refused
    with pytest.raises(BadTimetable):
        edit(asked)


def test_what_one_date_has_of_its_own_it_keeps(clinic, tuesdays):
    raised, own_staff = sessions_of(tuesdays)[:2]
    with transaction():
        raised.level_band, own_staff.staffing = "high", ["physiotherapist"]
    edit(as_it_is(tuesdays, level_band="low", staffing=("physiotherapist",)))
    found = [(s.level_band, s.staffing) for s in sessions_of(tuesdays)]
    assert found == [
        ("high", ["physiotherapist"]),
        ("low", ["physiotherapist"]),
        ("low", ["physiotherapist"]),
    ]


def test_fewer_staff_names_who_is_over_with_an_owner_and_drops_nobody(clinic, tuesdays):
    for given in ("Ada", "Bea", "Cyd", "Dee"):
        seated(clinic, tuesdays, given=given)
    asked = as_it_is(tuesdays, level_phase="P1", level_band="low", staffing=("physiotherapist",))
    seen = always.preview(asked, NOW)
    assert (seen.class_over, [line.over for line in seen.over]) == (1, [1, 1, 1])
    sam = a_user(clinic)
    editing.edit(asked=asked, by=staff(sam.id, clinic.id, "coordinator"), now=NOW)
    assert (tuesdays.taken, tuesdays.capacity, seats.count_check()) == (4, 3, [])
    over = db.session.query(Task).filter(Task.kind.like("%over_capacity")).all()
    assert ({task.owner_id for task in over}, len(over)) == ({sam.id}, 4)


def test_a_milder_class_names_who_needs_more_help_than_it_gives(clinic, tuesdays, ada):
    asked = as_it_is(tuesdays, level_band="low")
    assert "supervision" in always.preview(asked, NOW).doubtful[0].why
    edit(asked)
    assert (work(CallListEntry), work(Task)) == (["may_not_suit"], ["class_may_not_suit"])
    assert db.session.get(ExerciseClass, tuesdays.id).taken == 1


def test_a_room_too_small_for_those_who_have_a_seat_is_refused(clinic, tuesdays, ada):
    seated(clinic, tuesdays)
    cupboard = venues.add_room(
        venue_id=tuesdays.venue_id, name="Cupboard", size=1, equipment=[], notes="", by=BY
    )
    asked = as_it_is(tuesdays, room_id=cupboard.id)
    assert "The room holds 1 and 2 people have a seat" in always.preview(asked, NOW).refused
    with pytest.raises(BadTimetable):
        edit(asked)


def test_an_offer_of_the_old_venue_is_made_anew_for_the_new_one(clinic, tuesdays):
    bea = a_person(clinic, "Bea")
    offers.make(episode_id=bea.id, lines=[StandingLine(tuesdays.id, date(2026, 12, 1))], by=BY, now=NOW)
    edit(as_it_is(tuesdays, venue_id=another_venue(clinic).id))
    assert sorted(o.state for o in db.session.query(Offer)) == [OfferState.OPEN, OfferState.WITHDRAWN]
    assert seats.count_check() == []


def test_no_change_at_all_is_refused(tuesdays):
    with pytest.raises(BadTimetable):
        edit(as_it_is(tuesdays))


def test_an_edit_seen_with_other_people_is_shown_again(clinic, tuesdays):
    asked = as_it_is(tuesdays, venue_id=another_venue(clinic).id)
    seen = always.preview(asked, NOW).fingerprint
    seated(clinic, tuesdays)
    with pytest.raises(impact.ImpactChanged):
        edit(asked, seen=seen)
    assert texts("class_moved") == []


# --- the end of a class ---


@pytest.mark.both_databases
def test_a_class_that_ends_leaves_work_open_for_each_member(clinic, tuesdays, ada):
    guest = a_person(clinic, "Gus")
    take(VisitTake(sessions_of(tuesdays)[2].id, guest.id))
    since = date(2026, 12, 1)
    seen = ending.preview(End(tuesdays.id, since), NOW)
    assert [(one.episode_id, one.why) for one in seen.orphaned] == [(ada.id, "has no other class")]
    ending.end(asked=End(tuesdays.id, since), by=BY, now=NOW, seen=seen.fingerprint)
    assert [s.state for s in sessions_of(tuesdays)] == [
        SessionState.PLANNED,
        SessionState.CANCELLED,
        SessionState.CANCELLED,
    ]
    assert [m.patient_id for m in texts("class_ended")] == [ada.patient_id]
    assert [m.patient_id for m in texts("session_cancelled")] == [guest.patient_id]
    assert work(Task) == ["needs_new_seat"]
    assert db.session.get(Episode, ada.id).state is State.WAITING
    assert queries.waiting_entry(ada.id) is not None
    assert [p.local_date for p in queries.coming_places(ada.id, NOW)] == [date(2026, 11, 24)]
    assert (db.session.get(ExerciseClass, tuesdays.id).taken, seats.count_check()) == (0, [])


def test_who_keeps_another_class_stays_in_class(clinic, tuesdays, ada):
    fridays = a_class(clinic, weekday=4)
    take(StandingTake(fridays.id, ada.id, TODAY))
    seen = ending.preview(End(tuesdays.id, TODAY), NOW)
    assert "keeps Friday" in seen.orphaned[0].why
    ending.end(asked=End(tuesdays.id, TODAY), by=BY, now=NOW)
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS
    assert work(Task) == ["needs_new_seat"]


def test_an_ended_class_makes_no_more_sessions(clinic, tuesdays):
    ending.end(asked=End(tuesdays.id, date(2026, 12, 1)), by=BY, now=NOW)
    made = timetable.materialise(class_id=tuesdays.id, until=date(2027, 2, 1), by=BY, since=TODAY)
    assert made == 0


def test_an_offer_of_an_ended_class_is_withdrawn_and_she_waits_on(clinic, tuesdays):
    bea = a_person(clinic, "Bea")
    offers.make(episode_id=bea.id, lines=[StandingLine(tuesdays.id, date(2026, 12, 1))], by=BY, now=NOW)
    ending.end(asked=End(tuesdays.id, TODAY), by=BY, now=NOW)
    assert db.session.query(Offer).one().state is OfferState.WITHDRAWN
    assert queries.waiting_entry(bea.id) is not None
    assert seats.count_check() == []


def test_who_cannot_be_texted_about_the_end_is_rung(clinic, tuesdays):
    seated(clinic, tuesdays, mobile=None)
    ending.end(asked=End(tuesdays.id, TODAY), by=BY, now=NOW)
    assert work(CallListEntry) == ["class_ended"]
