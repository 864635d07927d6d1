"""The pages of the waiting list, of one standing seat and of a break, as a coordinator walks them."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from clinic.access import sessions
from clinic.access.models import Role, User
from clinic.classes import queries, seats, standing, waiting
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as
from clinic.worklist import services as worklist
from tests.classes.factories import BY, NOW, TODAY, a_class, a_clinic, a_person, a_user
from tests.factories import csrf


class House:
    """Ada in the Friday class, Bea waiting, a Tuesday class with room; a coordinator on a Monday morning."""

    def __init__(self, app):
        self.app = app
        with self.inside():
            clinic = a_clinic()
            user = a_user(clinic, Role.COORDINATOR)
            friday, tuesday = a_class(clinic, weekday=4, capacity=1), a_class(clinic)
            ada, bea = a_person(clinic), a_person(clinic, "Bea", wishes={"sessions": 1})
            with transaction():
                seats.change(takes=[StandingTake(friday.id, ada.id, TODAY)], by=BY, now=NOW)
                standing.settle(episode_id=ada.id, by=BY, now=NOW)
            with transaction():
                waiting.enter(episode=bea, by=BY)
            self.ada, self.bea, self.tuesday = ada.id, bea.id, tuesday.id
            self.member = queries.members_of(ada.id)[0].id
            self.entry = queries.waiting_entry(bea.id).id
            token = sessions.begin(user=db.session.get_one(User, user.id), by=BY)
        self.client = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["sign_in"] = token

    @contextmanager
    def inside(self):
        with self.app.app_context(), acting_as(BY):
            yield

    def post(self, path, page, **typed):
        token = csrf(self.client.get(page).text)
        return self.client.post(path, data={"csrf_token": token, **typed}, follow_redirects=True)

    def state(self, episode_id):
        with self.inside():
            return db.session.get(Episode, episode_id).state


@pytest.fixture
def house(app):
    with time_machine.travel(NOW, tick=False):
        yield House(app)


def day(moment) -> dict[str, int]:
    return {"returns-day": moment.day, "returns-month": moment.month, "returns-year": moment.year}


def test_the_waiting_list_says_when_a_seat_may_be_expected(house):
    page = house.client.get("/waiting-list").text
    assert "Free now" in page
    assert "Seats expected by" in page
    assert "Not asked yet" in page


@pytest.mark.parametrize(("said", "words"), [("yes", "The turn is kept"), ("no", "Taken off")])
def test_what_somebody_said_by_telephone_is_written_down(house, said, words):
    with house.inside():
        entry = queries.find_waiting_entry(house.entry)
        about = {"patient_id": entry.patient_id, "cause_kind": "waiting_list", "cause_id": entry.id}
        where = {"clinic_id": entry.clinic_id, "organisation_id": None}
        worklist.add_call(kind="no_longer_wanted", due_at=NOW, by=BY, **about, **where)
    answer = house.post(f"/waiting-list/{house.entry}/wanted", "/waiting-list", said=said)
    assert words in answer.text
    assert house.state(house.bea) is (State.WAITING if said == "yes" else State.ENDED)


def test_a_seat_is_moved_and_the_old_one_goes_on(house):
    page = f"/seats/{house.member}"
    answer = house.post(f"{page}/move", page, choice=house.tuesday)
    assert "Moved. The old seat goes to who is next." in answer.text
    with house.inside():
        assert [m.class_id for m in queries.members_of(house.ada)] == [house.tuesday]
        assert len(queries.open_offers(house.bea)) == 1


def test_a_class_that_was_not_shown_is_not_moved_to(house):
    page = f"/seats/{house.member}"
    assert house.post(f"{page}/move", page, choice="999").status_code == 422


def test_a_seat_given_up_has_gone_to_who_was_next(house):
    page = f"/seats/{house.member}"
    assert "Take it back" in house.post(f"{page}/leave", page).text
    assert "too late to take this back" in house.post(f"{page}/take-back", page).text


def test_a_break_until_a_day_and_back(house):
    page = f"/episodes/{house.ada}/break"
    pause, back = f"/episodes/{house.ada}/pause", f"/episodes/{house.ada}/back"
    friday = TODAY + timedelta(days=11)
    assert "The seat stays theirs" in house.post(pause, page, reason="holiday", **day(friday)).text
    assert "back on Friday 4 December" in house.client.get(page).text
    later = friday + timedelta(days=7)
    assert "back on Friday 11 December" in house.post(pause, page, **day(later)).text
    assert "Welcome back" in house.post(back, page).text
    assert house.state(house.ada) is State.IN_CLASS


@pytest.mark.parametrize("typed", [{}, {"reason": "holiday"}, {"reason": "holiday", "returns-day": "x"}])
def test_a_break_without_its_day_is_asked_again(house, typed):
    page = f"/episodes/{house.ada}/break"
    answer = house.post(f"/episodes/{house.ada}/pause", page, **typed)
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)
    assert house.state(house.ada) is State.IN_CLASS


def test_a_discharge_is_taken_back_with_a_reason(house):
    house.post(f"/waiting-list/{house.entry}/wanted", "/waiting-list", said="no")
    page, path = f"/episodes/{house.bea}/break", f"/episodes/{house.bea}/reopen"
    assert house.post(path, page, why=" ").status_code == 422
    assert "Reopened" in house.post(path, page, why="Changed her mind").text
    assert house.state(house.bea) is State.WAITING


def test_one_session_is_booked_by_telephone(house):
    page, path = f"/episodes/{house.bea}/classes", f"/episodes/{house.bea}/visit"
    with house.inside():
        first = queries.sessions_of(house.tuesday, TODAY)[0].id
    assert "One session only" in house.client.get(page).text
    assert "Booked for this once" in house.post(path, page, session=first).text
    assert house.post(path, page, session=first).status_code == 422
    with house.inside():
        assert [p.session_id for p in queries.coming_places(house.bea, NOW)] == [first]
        assert queries.waiting_entry(house.bea) is not None
