"""P11 and P12 by counting: what a booking and a register cost, however many people there are."""

from contextlib import contextmanager

import pytest
import time_machine

from clinic.access import sessions
from clinic.access.models import Role
from clinic.classes import places, seats
from clinic.classes.takes import VisitTake
from clinic.extensions import db, transaction
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_class, a_clinic, a_person, a_user, sessions_of

BOOKING_AT_MOST, SEAT, REGISTER = 10, 7, 7


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


@pytest.mark.parametrize("people", [1, 12, 50])
def test_a_register_costs_the_same_for_one_twelve_and_fifty(app, people):
    """The instructor's own page; a desk's page adds what stands on top of every staff page."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context(), acting_as(BY):
            clinic = a_clinic()
            lead = a_user(clinic, Role.INSTRUCTOR)
            session = sessions_of(a_class(clinic, capacity=people))[0]
            for _ in range(people):
                with transaction():
                    session.instructor_id = lead.id
                    seats.change(takes=[VisitTake(session.id, a_person(clinic).id)], by=BY, now=NOW)
            path, token = f"/sessions/{session.id}", sessions.begin(user=lead, by=BY)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["sign_in"] = token
        with app.app_context(), counted() as seen:
            assert client.get(path).status_code == 200
    assert len(seen) == REGISTER
