"""This and following: the class goes on as another, and nobody and nothing of it is lost on the way."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.classes import (
    following,
    impact,
    offers,
    one_session,
    places,
    queries,
    reminders,
    seats,
    splitting,
    standing,
    timetable,
)
from clinic.classes.errors import BadTimetable, ClassIsFull
from clinic.classes.models import ExerciseClass, MemberState, Offer, OfferState, PlaceState, SessionState
from clinic.classes.offer_rows import StandingLine
from clinic.classes.splitting import Following
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.referrals.models import Episode, State
from clinic.worklist.models import CallListEntry, Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user, sessions_of

both_databases = pytest.mark.both_databases
LONDON = ZoneInfo("Europe/London")
SINCE = date(2026, 12, 1)  # the second Tuesday


def take(*takes):
    with transaction():
        return seats.change(takes=takes, by=BY, now=NOW)


def at_two(row, **more):
    facts = {"since": SINCE, "weekday": row.weekday, "wall_time": time(14), "venue_id": row.venue_id}
    return Following(class_id=row.id, **{**facts, **more})


def follow(edit, **more):
    return following.follow(edit=edit, by=BY, now=NOW, **more)


def planned(text):
    return db.session.query(Message).filter_by(text=text, state=MessageState.PLANNED).all()


def calls():
    return sorted(call.kind for call in db.session.query(CallListEntry))


@pytest.fixture
def tuesdays(clinic):
    return a_class(clinic, capacity=4, weeks=4)


@pytest.fixture
def ada(clinic, tuesdays):
    person = a_person(clinic)
    take(StandingTake(tuesdays.id, person.id, TODAY))
    with transaction():
        standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


@both_databases
def test_the_old_class_ends_and_the_new_one_has_everybody_from_that_day(tuesdays, ada):
    new = follow(at_two(tuesdays))
    old = db.session.get(ExerciseClass, tuesdays.id)
    assert (old.ends_on, old.taken, len(sessions_of(old))) == (date(2026, 11, 30), 0, 1)
    assert (new.wall_time, new.starts_on, new.taken, new.follows_id) == (time(14), SINCE, 1, old.id)
    (member,) = queries.members_of(ada.id)
    assert (member.class_id, member.state, member.from_date) == (new.id, MemberState.ACTIVE, SINCE)
    assert seats.count_check() == []
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS


def test_her_places_go_with_it_and_keep_their_rows(tuesdays, ada):
    before = {place.id for place in queries.coming_places(ada.id, NOW)}
    new, coming = follow(at_two(tuesdays)), queries.coming_places(ada.id, NOW)
    assert before <= {place.id for place in coming}
    moved = [place.session for place in coming if place.session.class_id == new.id]
    assert {one.starts_at.astimezone(LONDON).time() for one in moved} == {time(14)}
    assert [one.original_date for one in moved[:2]] == [SINCE, date(2026, 12, 8)]


def test_one_text_tells_a_member_and_a_guest_hears_of_the_date(clinic, tuesdays, ada):
    guest = a_person(clinic, "Bea")
    take(VisitTake(sessions_of(tuesdays)[1].id, guest.id))
    new = follow(at_two(tuesdays))
    assert [m.patient_id for m in planned("class_moved")] == [ada.patient_id]
    (single,) = planned("session_moved")
    assert (single.patient_id, single.facts["old_time"]) == (guest.patient_id, "10:30")
    assert planned("class_moved")[0].cause_id == queries.members_of(ada.id)[0].id
    assert new.schedule_revision == 2


def test_reminders_follow_the_new_time(tuesdays, ada):
    place = next(p for p in queries.coming_places(ada.id, NOW) if p.local_date == date(2026, 11, 24))
    with transaction():
        reminders.plan_for([place.id], now=NOW)
    follow(at_two(tuesdays, since=date(2026, 11, 24)))
    rows = db.session.query(Message).filter_by(rule="reminder", cause_id=place.id).all()
    by_state = {row.state: row.due_at.astimezone(LONDON).time() for row in rows}
    assert by_state == {MessageState.SUPERSEDED: time(8), MessageState.PLANNED: time(11)}


@both_databases
def test_another_weekday_takes_each_date_to_its_own_next_one(tuesdays, ada):
    new = follow(at_two(tuesdays, weekday=3))
    dates = [session.original_date for session in sessions_of(new)]
    assert dates[:3] == [date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 17)]
    assert {day.weekday() for day in dates} == {3}
    assert {place.local_date.weekday() for place in queries.coming_places(ada.id, NOW)} == {1, 3}
    assert seats.count_check() == []


def test_a_date_she_cannot_come_on_stays_free(tuesdays, ada):
    place = next(p for p in queries.coming_places(ada.id, NOW) if p.local_date == SINCE)
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    new = follow(at_two(tuesdays))
    assert sessions_of(new)[0].taken == 0


def test_who_has_another_class_on_the_new_day_needs_a_new_seat(clinic, tuesdays, ada):
    thursdays = a_class(clinic, weekday=3, weeks=4)
    take(StandingTake(thursdays.id, ada.id, TODAY))
    seen = splitting.preview(at_two(tuesdays, weekday=3), NOW)
    assert ([one.episode_id for one in seen.orphaned], seen.told) == ([ada.id], ())
    new = follow(at_two(tuesdays, weekday=3), seen=seen.fingerprint)
    assert new.taken == 0
    assert [task.kind for task in db.session.query(Task)] == ["needs_new_seat"]
    assert calls() == ["moved_onto_another_place"]
    assert [member.class_id for member in queries.members_of(ada.id)] == [thursdays.id]
    assert seats.count_check() == []


def test_a_lead_who_is_busy_at_the_new_time_is_said(clinic, tuesdays):
    afternoon, sam = a_class(clinic, wall_time=time(14), weeks=2), a_user(clinic)
    with transaction():
        for session in (*sessions_of(tuesdays), *sessions_of(afternoon)):
            session.instructor_id = sam.id
    seen = splitting.preview(at_two(tuesdays), NOW)
    assert seen.warnings == ("Sam has Class 1 at that time: 1 December.",)


def test_a_day_in_the_name_is_put_right(tuesdays):
    with transaction():
        tuesdays.name = "Steady, Tuesday"
    assert follow(at_two(tuesdays, weekday=3)).name == "Steady, Thursday"


def test_nobody_joins_the_class_that_is_about_to_end(clinic, tuesdays, ada):
    follow(at_two(tuesdays))
    with pytest.raises(ClassIsFull):
        take(StandingTake(tuesdays.id, a_person(clinic, "Bea").id, TODAY))


def test_a_guest_with_another_place_that_day_is_rung(clinic, tuesdays):
    thursdays, bea = a_class(clinic, weekday=3, weeks=4), a_person(clinic, "Bea")
    take(VisitTake(sessions_of(tuesdays)[1].id, bea.id), VisitTake(sessions_of(thursdays)[1].id, bea.id))
    follow(at_two(tuesdays, weekday=3))
    assert calls() == ["moved_onto_another_place"]
    assert seats.count_check() == []


def test_who_may_not_be_able_to_come_keeps_the_seat_and_is_rung(clinic, tuesdays, ada):
    with transaction():
        db.session.get(Episode, ada.id).wishes = {"days": [1], "sessions": 1}
    edit = at_two(tuesdays, weekday=3)
    assert "cannot come on Thursday afternoons" in splitting.preview(edit, NOW).doubtful[0].why
    new = follow(edit)
    assert (new.taken, calls()) == (1, ["new_time_may_not_suit"])


def test_who_cannot_be_texted_is_on_the_call_list(clinic, tuesdays):
    take(StandingTake(tuesdays.id, a_person(clinic, mobile=None).id, TODAY))
    seen = splitting.preview(at_two(tuesdays), NOW)
    assert (len(seen.by_phone), len(seen.by_text)) == (1, 0)
    follow(at_two(tuesdays))
    assert (calls(), planned("class_moved")) == (["class_moved"], [])


def test_what_was_moved_or_cancelled_on_its_own_stays_as_it_is(tuesdays, ada):
    second, third = sessions_of(tuesdays)[1:3]
    one_session.move(
        session_id=second.id,
        on=date(2026, 12, 2),
        wall_time=time(9),
        venue_id=second.venue_id,
        by=BY,
        now=NOW,
    )
    one_session.cancel(session_id=third.id, reason="floor", by=BY, now=NOW)
    new = follow(at_two(tuesdays))
    kept = {s.original_date: (s.local_date, s.state) for s in sessions_of(new)}
    assert kept[SINCE] == (date(2026, 12, 2), SessionState.PLANNED)
    assert kept[date(2026, 12, 8)][1] is SessionState.CANCELLED


def test_a_new_date_that_is_closed_is_not_held_and_its_people_hear_so(clinic, tuesdays, ada):
    timetable.close_days(
        clinic_id=clinic.id, first=date(2026, 12, 3), last=date(2026, 12, 3), reason="Floor", by=BY
    )
    new = follow(at_two(tuesdays, weekday=3))
    assert sessions_of(new)[0].state is SessionState.CANCELLED
    assert len(planned("session_cancelled")) == 1
    assert seats.count_check() == []


def test_an_open_offer_is_withdrawn_and_made_anew_for_the_new_time(clinic, tuesdays):
    bea = a_person(clinic, "Bea")
    first = offers.make(
        episode_id=bea.id, lines=[StandingLine(tuesdays.id, date(2026, 12, 8))], by=BY, now=NOW
    )
    new = follow(at_two(tuesdays))
    again = db.session.query(Offer).filter_by(state=OfferState.OPEN).one()
    assert (db.session.get(Offer, first.id).state, again.episode_id) == (OfferState.WITHDRAWN, bea.id)
    assert [line.class_id for line in again.lines] == [new.id]
    assert (new.taken, seats.count_check()) == (1, [])


def test_an_offer_that_no_longer_suits_is_not_made_again(clinic, tuesdays):
    bea = a_person(clinic, "Bea", wishes={"days": [1]})
    offers.make(episode_id=bea.id, lines=[StandingLine(tuesdays.id, date(2026, 12, 8))], by=BY, now=NOW)
    follow(at_two(tuesdays, weekday=3))
    assert db.session.query(Offer).one().state is OfferState.WITHDRAWN
    waits = (queries.waiting_entry(bea.id) is not None, db.session.get(Episode, bea.id).state)
    assert waits == (True, State.WAITING)


@both_databases
def test_what_changed_since_it_was_shown_is_shown_again_and_nothing_is_done(clinic, tuesdays, ada):
    seen = splitting.preview(at_two(tuesdays), NOW).fingerprint
    take(VisitTake(sessions_of(tuesdays)[1].id, a_person(clinic, "Bea").id))
    with pytest.raises(impact.ImpactChanged) as changed:
        follow(at_two(tuesdays), seen=seen)
    assert len(changed.value.impact.told) == 2
    assert db.session.query(ExerciseClass).count() == 1
    follow(at_two(tuesdays), seen=changed.value.impact.fingerprint)


OFF = [{"since": TODAY - timedelta(days=1)}, {"since": TODAY + timedelta(weeks=30)}]


@pytest.mark.parametrize("wish", [{"wall_time": time(10, 30)}, {"venue_id": 99}, {"room_id": 99}, *OFF])
def test_what_makes_no_sense_is_refused(tuesdays, wish):
    with pytest.raises(BadTimetable):
        follow(at_two(tuesdays, **wish))


def test_a_time_that_is_over_today_is_refused(clinic):
    row = a_class(clinic, weekday=0, weeks=1)
    with transaction():
        only = sessions_of(row)[0]
        only.original_date = only.local_date = TODAY
        only.starts_at = NOW + timedelta(hours=1, minutes=30)
        only.ends_at = NOW + timedelta(hours=2, minutes=30)
    edit = at_two(row, since=TODAY, wall_time=time(8))
    assert "over" in splitting.preview(edit, NOW).refused
    with pytest.raises(BadTimetable):
        follow(edit)


def test_who_leaves_the_service_before_the_change_frees_the_dates_before_it_too(tuesdays, ada):
    follow(at_two(tuesdays))
    standing.end_all(episode_id=ada.id, reason="moved", by=BY, now=NOW)
    assert queries.coming_places(ada.id, NOW) == []
    assert seats.count_check() == []


def test_a_class_changed_twice_before_anybody_heard_sends_one_text(tuesdays, ada):
    first = follow(at_two(tuesdays))
    follow(Following(first.id, SINCE, 1, time(15), first.venue_id))
    assert [text.cause_id for text in planned("class_moved")] == [queries.members_of(ada.id)[0].id]


def test_a_class_in_march_and_october_keeps_its_new_wall_time(clinic):
    row = a_class(clinic, weekday=6, weeks=1)
    new = follow(Following(row.id, date(2026, 11, 29), 6, time(14), row.venue_id))
    for day in (date(2027, 3, 1), date(2027, 10, 1)):
        timetable.materialise(class_id=new.id, until=day + timedelta(days=60), by=BY, since=day)
    local = [session.starts_at.astimezone(LONDON) for session in sessions_of(new)]
    assert {moment.time() for moment in local} == {time(14)}
    assert len({datetime.utcoffset(moment) for moment in local}) == 2


def test_the_places_of_a_paused_member_are_not_made_and_she_is_rung(tuesdays, ada):
    standing.pause_all(episode_id=ada.id, reason="holiday", by=BY, now=NOW)
    new = follow(at_two(tuesdays))
    assert (new.taken, calls()) == (1, ["class_moved"])
    assert [p for p in queries.coming_places(ada.id, NOW) if p.state is PlaceState.BOOKED] == []
