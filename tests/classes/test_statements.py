"""P11 and P12 by counting: what a booking and a register cost, however many people there are."""

from contextlib import contextmanager

import pytest
import time_machine

from clinic.access import sessions
from clinic.access.models import Role
from clinic.classes import places, queries, roster, seats
from clinic.classes.takes import VisitTake
from clinic.extensions import db, transaction
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_class, a_clinic, a_person, a_user, sessions_of

BOOKING_AT_MOST, SEAT, REGISTER, ROSTER = 10, 7, 9, 1


@contextmanager
def counted():
    """Every statement that reaches the database, the setting of the row policies included."""
    seen: list[str] = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    db.event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    db.event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.both_databases
def test_a_booking_costs_a_bounded_number_of_statements(clinic):
    session = sessions_of(a_class(clinic, weekday=4))[0].id
    episode = a_person(clinic).id
    db.session.remove()
    with counted() as seen, acting_as(BY):
        places.book_visit(session_id=session, episode_id=episode, by=BY, now=NOW)
    assert len(seen) <= BOOKING_AT_MOST


@pytest.mark.both_databases
def test_the_seat_itself_costs_seven(clinic):
    session = sessions_of(a_class(clinic, weekday=4))[0].id
    episode = a_person(clinic).id
    db.session.remove()
    with counted() as seen, acting_as(BY), transaction():
        seats.change(takes=[VisitTake(session, episode)], by=BY, now=NOW)
    assert len(seen) <= SEAT


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.COORDINATOR])
def test_a_register_costs_the_same_for_one_twelve_and_fifty(app, role):
    """The whole request, for who takes it and for the desk, whose pages say on top what cannot wait."""
    costs = {}
    with time_machine.travel(NOW, tick=False):
        with app.app_context(), acting_as(BY):
            clinic = a_clinic()
            user = a_user(clinic, role)
            paths = {people: a_full_session(clinic, people, user) for people in (1, 12, 50)}
            token = sessions.begin(user=user, by=BY)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["sign_in"] = token
        for people, path in paths.items():
            with app.app_context(), counted() as seen:
                page = client.get(path)
            assert page.text.count("In an emergency") == people
            costs[people] = len(seen)
    assert len(set(costs.values())) == 1, costs
    assert costs[1] <= REGISTER


@pytest.mark.parametrize("people", [1, 12, 50])
def test_the_roster_itself_costs_one(clinic, people):
    session = queries.session(a_full_session(clinic, people).split("/")[-1])
    with counted() as seen, acting_as(BY):
        roster.of_session(session)
    assert len([text for text in seen if "set_config" not in text]) == ROSTER


def a_full_session(clinic, people, lead=None):
    """The page of a session with so many people in it."""
    session = sessions_of(a_class(clinic, capacity=people))[0]
    with transaction():
        session.instructor_id = lead.id if lead else None
    for _ in range(people):
        with transaction():
            seats.change(takes=[VisitTake(session.id, a_person(clinic).id)], by=BY, now=NOW)
    return f"/sessions/{session.id}"
