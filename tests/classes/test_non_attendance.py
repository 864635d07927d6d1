"""Not seen and no word (F30): who is rung that day, when it is a task, what a correction takes back."""

from datetime import timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import non_attendance, places, queries, register
from clinic.classes.register import Tap
from clinic.classes.rules.attendance import why_not_end
from clinic.extensions import db, transaction
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.viewer import staff
from clinic.worklist.models import CallListEntry, Task
from tests.classes.factories import BY, NOW, a_class, a_person, a_user, assessed, sessions_of


@pytest.fixture
def by(clinic):
    return staff(a_user(clinic, Role.INSTRUCTOR).id, clinic.id, "instructor")


@pytest.fixture
def ada(clinic, by):
    return assessed(a_person(clinic), a_user(clinic, Role.PHYSIOTHERAPIST))


@pytest.fixture
def sessions(clinic):
    return sessions_of(a_class(clinic))


def taken(session, person, value, by, minute=0):
    """Book, tap and close one register; its place."""
    known = [p for p in queries.places_of(session.id) if p.episode_id == person.id]
    place = known[0] if known else seat(session, person)
    at = session.starts_at + timedelta(minutes=minute)
    register.tick(tap=Tap(place.id, "outcome", value, "tablet", at), by=by, now=at)
    if value != "did_not_attend":
        asked = Tap(place.id, "symptoms", False, "tablet", at)
        register.tick(tap=asked, by=by, now=at)
    register.close(session_id=session.id, by=by, now=session.ends_at)
    return place


def seat(session, person):
    return queries.place(places.book_visit(session_id=session.id, episode_id=person.id, by=BY, now=NOW))


def kinds(model):
    return [(row.kind, row.state.value) for row in db.session.query(model).order_by(model.id)]


def test_two_missed_in_a_row_are_a_task(sessions, ada, by):
    for session in sessions:
        taken(session, ada, "did_not_attend", by)
    assert kinds(Task) == [("missed_twice", "open")]


def test_a_word_from_the_person_breaks_the_row(sessions, ada, by):
    first, second = sessions
    with transaction():
        first_place = seat(first, ada)
    places.cannot_come(place_id=first_place.id, by=BY, now=NOW)
    taken(second, ada, "did_not_attend", by)
    assert kinds(Task) == []


def test_who_is_on_the_welfare_list_is_rung_within_the_hour(sessions, ada, by):
    with transaction():
        db.session.get_one(Patient, ada.patient_id).needs = {needs.WELFARE: True}
    taken(sessions[0], ada, "did_not_attend", by)
    (call,) = db.session.query(CallListEntry)
    assert (call.kind, call.due_at - sessions[0].ends_at) == ("not_seen", timedelta(hours=1))


def test_a_corrected_register_takes_its_call_and_its_task_back(sessions, ada, by):
    with transaction():
        db.session.get_one(Patient, ada.patient_id).needs = {needs.WELFARE: True}
    for session in sessions:
        taken(session, ada, "did_not_attend", by)
    last = sessions[-1]
    register.reopen(session_id=last.id, reason="late_news", note="She rang", by=by, now=last.ends_at)
    taken(last, ada, "attended", by, minute=5)
    assert kinds(Task) == [("missed_twice", "done")]
    assert kinds(CallListEntry) == [("not_seen", "open"), ("not_seen", "done")]


def test_a_register_nobody_closed_is_a_task_once_until_it_is_closed(sessions, ada, by):
    session = sessions[0]
    seat(session, ada)
    assert non_attendance.remind_of_open_registers(session.ends_at + timedelta(hours=1)) == 0
    assert non_attendance.remind_of_open_registers(session.ends_at + timedelta(hours=3)) == 1
    assert non_attendance.remind_of_open_registers(session.ends_at + timedelta(hours=4)) == 0
    taken(session, ada, "attended", by)
    assert kinds(Task) == [("register_open", "done")]


TWICE = ("attended", "did_not_attend", "did_not_attend")


@pytest.mark.parametrize(
    ("statuses", "facts", "why"),
    [
        (TWICE, {"called": True, "written": True, "exempt": True}, "welfare list"),
        (TWICE[:2], {"called": True, "written": True, "exempt": False}, "two sessions in a row"),
        (
            ("did_not_attend", "cancelled_by_service"),
            {"called": True, "written": True, "exempt": False},
            "two",
        ),
        (TWICE, {"called": False, "written": True, "exempt": False}, "Ring them first"),
        (TWICE, {"called": True, "written": False, "exempt": False}, "Write to them first"),
    ],
)
def test_nobody_is_ended_for_non_attendance_without_a_call_and_a_letter(statuses, facts, why):
    assert why in why_not_end(statuses, **facts)


def test_after_a_call_and_a_letter_a_person_may_decide():
    assert why_not_end(TWICE, called=True, written=True, exempt=False) is None
