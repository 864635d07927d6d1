from datetime import timedelta

import pytest
import time_machine

from clinic.access.models import Clinic, Role
from clinic.classes import queries, waiting
from clinic.classes.models import ExerciseClass, Offer, OfferState, Outcome, SessionState, Slot
from clinic.extensions import db
from tests.classes.factories import BY, TODAY, a_clinic, a_person, a_user, sessions_of
from tests.classes.house import hidden, post
from tests.factories import csrf


def test_the_week_shows_every_session_with_its_seats(house):
    page = house.coordinator.get("/classes?week=2026-11-24").text
    assert "Tuesday 24 November 2026" in page
    assert "0 of 2 seats" in page
    assert "Phase 2, intermediate supervision" in page


def test_a_week_that_is_no_date_is_this_week(house):
    assert "Week of Monday 23 November 2026" in house.coordinator.get("/classes?week=x").text


def test_a_pair_is_offered_from_the_placement_page(house):
    path = f"/episodes/{house.ada}/classes"
    page = house.coordinator.get(path).text
    assert "Offer both" in page
    answer = post(
        house.coordinator, f"/episodes/{house.ada}/offer", path, choice=f"{house.tuesday}-{house.friday}"
    )
    assert answer.status_code == 302
    assert "Open offer, until Wednesday 25 November 2026 at midday" in house.coordinator.get(path).text


def test_a_class_that_filled_meanwhile_is_said_plainly(house):
    path = f"/episodes/{house.ada}/classes"
    answer = post(house.coordinator, f"/episodes/{house.ada}/offer", path, choice="999")
    assert answer.status_code == 422
    assert "Choose one of the classes that suit" in answer.text


def test_a_coordinator_cannot_pass_over_who_waits_longer(house):
    with house.inside():
        clinic = db.session.get_one(Clinic, house.clinic)
        for _ in range(2):
            first = a_person(clinic, referred_on=TODAY - timedelta(days=90))
            waiting.enter(episode=first, by=BY)
        waiting.enter(episode=queries.find_episode(house.ada), by=BY)
    path = f"/episodes/{house.ada}/classes"
    typed = {"choice": str(house.tuesday), "out_of_turn": "She asked nicely"}
    refused = post(house.coordinator, f"/episodes/{house.ada}/offer", path, **typed)
    assert refused.status_code == 422
    assert "She asked nicely" in refused.text
    assert post(house.physiotherapist, f"/episodes/{house.ada}/offer", path, **typed).status_code == 302


def test_what_was_said_by_telephone_is_recorded(house):
    path = f"/episodes/{house.ada}/classes"
    pair = f"{house.tuesday}-{house.friday}"
    post(house.coordinator, f"/episodes/{house.ada}/offer", path, choice=pair)
    post(house.coordinator, "/offers/1/answer", path, said="4")
    with house.inside():
        assert db.session.query(Offer).one().state is OfferState.ACCEPTED
        assert [m.klass.weekday for m in queries.members_of(house.ada)] == [4]


def test_wishes_are_kept_and_followed(house):
    path = f"/episodes/{house.ada}/classes"
    post(house.coordinator, f"/episodes/{house.ada}/wishes", path, days=["4"], sessions="1")
    assert "The person cannot come on Tuesday mornings." in house.coordinator.get(path).text


def test_one_tap_and_one_answer_complete_a_person_and_the_register_closes(house):
    place, page = house.book(), f"/sessions/{house.session}"
    with time_machine.travel(house.starts, tick=False):
        post(house.instructor, f"/places/{place}/tick", page, outcome="attended")
        refused = post(house.instructor, f"/sessions/{house.session}/close", page)
        assert refused.status_code == 422
        post(house.instructor, f"/places/{place}/tick", page, symptoms="no")
        assert post(house.instructor, f"/sessions/{house.session}/close", page).status_code == 302
        assert "Register closed" in house.instructor.get(page).text
    with house.inside():
        assert queries.place(place).outcome is Outcome.ATTENDED
        assert queries.session(house.session).state is SessionState.CLOSED


def test_a_tablet_may_send_the_same_tap_again(house):
    place, page = house.book(), f"/sessions/{house.session}"
    with time_machine.travel(house.starts, tick=False):
        tap = {"outcome": "late", "device": "tablet-7", "device_at": house.starts.isoformat()}
        tablet = house.instructor
        token = csrf(tablet.get(page).text)
        send = {"data": {"csrf_token": token, **tap}, "headers": {"Accept": "application/json"}}
        answers = [tablet.post(f"/places/{place}/tick", **send).json for _ in range(2)]
    assert [answer["result"] for answer in answers] == ["kept", "again"]


@pytest.mark.parametrize("typed", ["outcome=cancelled_by_service", "outcome=x", "symptoms=perhaps"])
def test_a_tap_that_no_button_sends_is_refused(house, typed):
    place, (field, _, value) = house.book(), typed.partition("=")
    with time_machine.travel(house.starts, tick=False):
        tablet = house.instructor
        token = csrf(tablet.get(f"/sessions/{house.session}").text)
        answer = tablet.post(
            f"/places/{place}/tick",
            data={"csrf_token": token, field: value},
            headers={"Accept": "application/json"},
        )
    assert answer.status_code == 422


def test_an_instructor_sees_their_own_sessions_and_no_others(house):
    with house.inside():
        other = sessions_of(db.session.get(ExerciseClass, house.friday))[0].id
    assert house.instructor.get(f"/sessions/{house.session}").status_code == 200
    assert house.instructor.get(f"/sessions/{other}").status_code == 404
    assert house.coordinator.get(f"/sessions/{other}").status_code == 200


def test_cancelling_wants_to_be_sure_and_says_who_must_be_rung(house):
    house.book()
    page = f"/sessions/{house.session}/change"
    assert "1 by text" in house.coordinator.get(page).text
    path = f"/sessions/{house.session}/cancel"
    assert post(house.coordinator, path, page).status_code == 422
    assert post(house.coordinator, path, page, sure="yes").status_code == 409
    seen = hidden(house.coordinator.get(page).text, "seen")
    assert post(house.coordinator, path, page, sure="yes", seen=seen).status_code == 302
    assert "Cancelled" in house.coordinator.get(f"/sessions/{house.session}").text


def test_moving_a_session_asks_again_about_what_is_no_date(house):
    page = f"/sessions/{house.session}/change"
    typed = {"on-day": "31", "on-month": "2", "on-year": "2026", "wall_time": "25:00", "venue_id": ""}
    answer = post(house.coordinator, f"/sessions/{house.session}/move", page, **typed)
    assert answer.status_code == 422
    for words in ("Enter a day, month and year", "Enter a time such as 10:30", "Choose a venue"):
        assert words in answer.text


def test_a_class_is_added_and_what_is_missing_is_asked_for(house):
    assert post(house.coordinator, "/classes/new", name="").status_code == 422
    answer = post(
        house.coordinator,
        "/classes/new",
        name="Thursday balance",
        venue_id="1",
        weekday="3",
        wall_time="14.00",
        room="10",
        level_phase="P2",
        level_band="intermediate",
        staffing=["physiotherapist", "instructor"],
        instructor_id="1",
    )
    assert answer.status_code == 302
    assert "of 10 seats" in house.coordinator.get(answer.location).text


def test_a_first_assessment_is_booked_and_cancelled(house):
    path = f"/episodes/{house.ada}/appointment"
    typed = {
        "kind": "first_assessment",
        "staff_id": "2",
        "wall_time": "9:30",
        "minutes": "45",
        "venue_id": "1",
    }
    day = {"on-day": "26", "on-month": "11", "on-year": "2026"}
    assert post(house.coordinator, path, **typed, **day).status_code == 302
    assert "Thursday 26 November 2026 at 9:30am: first assessment" in house.coordinator.get(path).text
    again = post(house.coordinator, path, **typed, **day)
    assert again.status_code == 422
    assert "already has an appointment" in again.text
    post(house.coordinator, "/appointments/1/cancel", path)
    with house.inside():
        assert db.session.query(Slot).one().state == "cancelled"


def test_the_waiting_list_is_in_the_order_of_seats(house):
    with house.inside():
        waiting.enter(episode=queries.find_episode(house.ada), by=BY)
    page = house.coordinator.get("/waiting-list").text
    assert "Ada Okafor" in page
    assert "Never" in page


@pytest.mark.parametrize("path", ["/classes", "/waiting-list", "/classes/new"])
def test_an_instructor_does_not_see_the_desk(house, path):
    assert house.instructor.get(path).status_code == 404


def test_nobody_of_another_clinic_sees_a_session(house):
    with house.inside():
        stranger_id = a_user(a_clinic("Elsewhere"), Role.COORDINATOR).id
    stranger = house.sign_in(stranger_id)
    for path in (f"/sessions/{house.session}", f"/classes/{house.tuesday}", f"/episodes/{house.ada}/classes"):
        assert stranger.get(path).status_code == 404


def test_a_venue_of_another_clinic_is_refused(house):
    answer = post(
        house.coordinator,
        f"/sessions/{house.session}/move",
        f"/sessions/{house.session}/change",
        **{"on-day": "26", "on-month": "11", "on-year": "2026", "wall_time": "10:30", "venue_id": "99"},
    )
    assert answer.status_code == 422
    assert "Choose a venue of this clinic" in answer.text
