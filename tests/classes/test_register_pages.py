"""The pages beside a register: incident, exercises, load, walk-in, a death heard, two tablets, reopening."""

import pytest
import time_machine

from clinic.access.models import Clinic, Role
from clinic.classes import queries, teaching
from clinic.classes.models import Incident, Place, PlaceState
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Patient
from clinic.referrals.models import EndReason, Episode, State
from clinic.worklist.models import Task
from tests.classes.factories import a_person
from tests.classes.house import post
from tests.factories import csrf


@pytest.fixture
def open_register(house):
    """Ada's place in a register that has just opened; (house, place id, address of the page)."""
    place = house.book()
    with time_machine.travel(house.starts, tick=False):
        yield house, place, f"/sessions/{house.session}"


def tick(client, place, page, device, **said):
    data = {"csrf_token": csrf(client.get(page).text), "device": device, **said}
    return client.post(f"/places/{place}/tick", data=data, headers={"Accept": "application/json"}).json


def test_one_tap_is_an_incident_and_what_was_done_comes_afterwards(open_register):
    house, place, page = open_register
    instructor = house.instructor
    nothing = post(instructor, f"/places/{place}/incident", page)
    assert "Choose what happened" in instructor.get(nothing.location).text
    there = post(instructor, f"/places/{place}/incident", page, incident="fall").location
    assert there == "/incidents/1"
    refused = post(instructor, there, there, done="Sat down, checked")
    assert (refused.status_code, "Sat down, checked" in refused.text) == (422, True)
    assert post(instructor, there, there, done="Sat down", told="Daughter").status_code == 302
    assert "Does not exercise: incident" in instructor.get(page).text


def test_only_a_physiotherapist_is_offered_to_close_it(open_register):
    house, place, page = open_register
    there = post(house.instructor, f"/places/{place}/incident", page, incident="fall").location
    for client in (house.instructor, house.coordinator):
        assert "Close the incident" not in client.get(there).text
        assert post(client, f"{there}/close", there, outcome="mistake").status_code == 404
    physio = house.physiotherapist
    assert post(physio, f"{there}/close", there).status_code == 422
    assert post(physio, f"{there}/close", there, outcome="mistake", note="Wrong row").status_code == 302
    assert "entered by mistake, nothing had happened. Wrong row" in physio.get(there).text
    with house.inside():
        assert db.session.query(Incident).one().closed_by_id == house.users[Role.PHYSIOTHERAPIST]


def test_what_is_held_back_is_shown_with_why_and_never_offered_as_a_tick(open_register):
    house, place, _ = open_register
    with house.inside(), transaction():
        episode = db.session.get_one(Episode, house.ada)
        episode.phase = "P3"
    text = house.instructor.get(f"/places/{place}/exercises").text
    assert "<strong>Bone loading.</strong> Nobody has decided this yet." in text
    assert "held back, bone loading is not open yet" in text


def test_what_was_shown_is_ticked_and_taken_back(open_register):
    house, place, _ = open_register
    path, instructor = f"/places/{place}/exercises", house.instructor
    with house.inside():
        known = db.session.get_one(Episode, house.ada)
        first, second = [one.exercise.id for one in teaching.cell_of(known, house.starts.date())][:2]
    for shown in ([first, second], [second]):
        assert post(instructor, path, path, shown=shown).status_code == 302
        with house.inside():
            assert db.session.get_one(Episode, house.ada).case["progress"]["taught"] == sorted(shown)


def test_the_load_is_kept_beside_the_register(open_register):
    house, place, page = open_register
    path = f"/places/{place}/exercises"
    assert post(house.instructor, f"/places/{place}/tick", path, load="kg_2", was="").status_code == 302
    with house.inside():
        assert queries.place(place).load == "kg_2"


def test_who_said_no_and_came_takes_the_free_seat(open_register):
    house, place, page = open_register
    with time_machine.travel(house.starts.replace(hour=8), tick=False):
        post(house.coordinator, f"/places/{place}/cannot-come", page)
    path = f"{page}/walk-in"
    assert post(house.instructor, path, path).status_code == 422
    assert post(house.instructor, path, path, who=str(house.ada)).status_code == 302
    with house.inside():
        states = [row.state for row in db.session.query(Place).order_by(Place.id)]
    assert states == [PlaceState.RELEASED, PlaceState.BOOKED]


def test_an_instructor_adds_nobody_of_another_class_and_a_full_session_says_so(open_register):
    house, _, page = open_register
    with house.inside():
        stranger = a_person(db.session.get_one(Clinic, house.clinic), "Bea", state=State.IN_CLASS).id
    path = f"{page}/walk-in"
    assert "Bea" not in house.instructor.get(path).text
    assert post(house.instructor, path, path, who=str(stranger)).status_code == 422
    assert post(house.coordinator, path, path, who=str(stranger)).status_code == 302
    with house.inside():
        third = a_person(db.session.get_one(Clinic, house.clinic), "Cai", state=State.IN_CLASS).id
    full = post(house.coordinator, path, path, who=str(third))
    assert (full.status_code, "just filled up" in full.text) == (422, True)


def test_a_stranger_is_a_task_for_the_desk(open_register):
    house, _, page = open_register
    path = f"{page}/walk-in"
    assert post(house.instructor, path, path, who="stranger").status_code == 422
    assert post(house.instructor, path, path, who="stranger", said="Dot, 07700 900333").status_code == 302
    with house.inside():
        task = db.session.query(Task).one()
        assert (task.kind, task.note) == ("walk_in", "Dot, 07700 900333")


def test_a_death_heard_in_class_ends_everything_at_once(open_register):
    house, place, page = open_register
    path, died = f"/places/{place}/death", {"died-day": "23", "died-month": "11", "died-year": "2026"}
    late = {**died, "died-year": "2027"}
    for typed in ({"source": "Her son"}, died, {**late, "source": "Her son"}):
        assert post(house.instructor, path, path, **typed).status_code == 422
    assert post(house.instructor, path, path, source="Her son", **died).status_code == 302
    assert "has died" in house.instructor.get(page).text
    with house.inside():
        episode = db.session.get_one(Episode, house.ada)
        assert (episode.state, episode.ended_reason) == (State.ENDED, EndReason.DIED)
        assert db.session.get_one(Patient, episode.patient_id).died_on.isoformat() == "2026-11-23"
        assert queries.place(place).state is PlaceState.RELEASED
        assert queries.session(house.session).taken == 0
        waiting = db.session.query(Message).filter_by(state=MessageState.PLANNED, recipient_kind="patient")
        assert waiting.count() == 0


def test_two_tablets_that_differ_stand_on_the_page_until_one_is_tapped(open_register):
    house, place, page = open_register
    client = house.instructor
    tick(client, place, page, "one", outcome="attended", was="expected")
    with time_machine.travel(house.starts.replace(minute=31), tick=False):
        said = tick(client, place, page, "two", outcome="did_not_attend", was="expected")
        assert said == {"result": "kept", "differs": True}
        text = client.get(page).text
        assert "Here it says “Did not come”, another said “Attended”. Tap what is right." in text
        assert post(client, f"{page}/close", page).status_code == 422
    with time_machine.travel(house.starts.replace(minute=32), tick=False):
        tick(client, place, page, "one", outcome="attended", was="did_not_attend")
        assert "Two tablets differ" not in client.get(page).text


def test_a_register_is_opened_again_only_with_both_reasons(open_register):
    house, place, page = open_register
    client = house.instructor
    tick(client, place, page, "one", outcome="did_not_attend")
    assert post(client, f"{page}/close", page).status_code == 302
    assert post(client, f"{page}/reopen", page, reason="wrong_tap").status_code == 422
    refused = post(client, f"{page}/reopen", page, note="She was there")
    assert (refused.status_code, "She was there" in refused.text) == (422, True)
    assert post(client, f"{page}/reopen", page, reason="wrong_tap", note="She was there").status_code == 302
    assert "a wrong tap. She was there" in client.get(page).text


OTHERS = ("/places/{place}/exercises", "/places/{place}/death", "/incidents/1", "{page}/walk-in")


@pytest.mark.parametrize("path", OTHERS)
def test_another_instructor_sees_none_of_it(open_register, path):
    house, place, page = open_register
    post(house.instructor, f"/places/{place}/incident", page, incident="fall")
    with house.inside():
        other = house.another(Role.INSTRUCTOR)
    assert house.sign_in(other).get(path.format(place=place, page=page)).status_code == 404
