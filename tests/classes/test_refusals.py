"""Most who ask for a seat in the last minute hear no: that no is cheap, and still the right one."""

import pytest
from sqlalchemy import event

from clinic.classes import places
from clinic.classes.errors import AlreadyHasAPlace, ClassIsFull
from clinic.extensions import db
from tests.classes.factories import BY, NOW, a_class, a_person, sessions_of


@pytest.fixture
def full(clinic):
    """A session of one seat, and who has it."""
    session_id = sessions_of(a_class(clinic, capacity=1, weeks=1))[0].id
    seated = a_person(clinic, "Ada").id
    book(session_id, seated)
    return clinic, session_id, seated


def book(session_id, episode_id):
    return places.book_visit(session_id=session_id, episode_id=episode_id, by=BY, now=NOW)


def test_a_full_session_says_so_in_one_statement_and_without_a_lock(full):
    clinic, session_id, _ = full
    late, seen = a_person(clinic, "Bea", mobile=None).id, []
    db.session.commit()

    def listener(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        with pytest.raises(ClassIsFull) as no:
            book(session_id, late)
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert no.value.session_id == session_id
    asked = [one for one in seen if "set_config" not in one]
    assert len(asked) == 1, asked
    assert "FOR NO KEY UPDATE" not in "".join(asked)


def test_who_has_the_seat_hears_that_and_not_that_it_is_full(full):
    _, session_id, seated = full
    with pytest.raises(AlreadyHasAPlace):
        book(session_id, seated)
