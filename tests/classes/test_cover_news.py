"""Who covers a session is told so, without a word about patients, and nobody else's texts change (F29)."""

from datetime import timedelta

import pytest
import time_machine

from clinic.access.models import Role, User
from clinic.classes import cover, one_session
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.wiring import EVENTS
from tests.classes.factories import BY, NOW, a_class, a_user, sessions_of
from tests.classes.test_cover import led, visits


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@transaction()
def another(clinic, email) -> User:
    row = User(email=email, name="Bank Sam", role=Role.INSTRUCTOR, clinic_id=clinic.id)
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def session(clinic):
    lead = a_user(clinic, Role.PHYSIOTHERAPIST)
    (first, _) = sessions_of(led(a_class(clinic, capacity=12), lead))
    visits(clinic, first, 1)
    return first


def news() -> list[tuple[str, int, str]]:
    rows = db.session.query(Message).filter_by(cause_kind="cover").order_by(Message.id)
    return [(row.text, row.recipient_id, row.state.value) for row in rows]


def assign(session, user) -> None:
    cover.assign(session_id=session.id, seat="lead", staff_id=user.id, by=BY, now=NOW)


def test_who_covers_hears_of_it_and_the_patients_hear_nothing(clinic, session):
    lead, bank = session.instructor_id, another(clinic, "bank@example.org")
    before = db.session.query(Message).filter(Message.patient_id.is_not(None)).count()
    assign(session, bank)
    assert news() == [("cover_asked", bank.id, "planned"), ("cover_over", lead, "planned")]
    (first, _) = db.session.query(Message).filter_by(cause_kind="cover").order_by(Message.id)
    assert first.facts["part"] == "lead"
    assert first.facts["link"].endswith(f"/sessions/{session.id}")
    assert (first.patient_id, first.channel, first.recipient_kind) == (None, "email", "user")
    assert db.session.query(Message).filter(Message.patient_id.is_not(None)).count() == before


def test_one_who_never_heard_that_they_cover_is_not_told_that_they_do_not(clinic, session):
    bank, other = another(clinic, "bank@example.org"), another(clinic, "other@example.org")
    assign(session, bank)
    assign(session, other)
    assert ("cover_over", bank.id, "planned") not in news()
    assert ("cover_asked", bank.id, "superseded") in news()


def test_one_who_was_told_hears_that_it_is_over_and_may_be_asked_again(clinic, session):
    bank, other = another(clinic, "bank@example.org"), another(clinic, "other@example.org")
    assign(session, bank)
    db.session.query(Message).update({"state": MessageState.SENT})
    assign(session, other)
    assign(session, bank)
    assert [text for text, who, _ in news() if who == bank.id] == ["cover_asked", "cover_over", "cover_asked"]


def test_a_covered_session_that_moves_or_is_off_is_told_again(clinic, session):
    bank = another(clinic, "bank@example.org")
    assign(session, bank)
    db.session.query(Message).update({"state": MessageState.SENT})
    later = session.starts_at + timedelta(hours=2)
    one_session.move(
        session_id=session.id,
        on=session.local_date,
        wall_time=later.time(),
        venue_id=session.venue_id,
        by=BY,
        now=NOW,
    )
    one_session.cancel(session_id=session.id, reason="ill", by=BY, now=NOW)
    mine = [(text, state) for text, who, state in news() if who == bank.id]
    assert mine == [("cover_asked", "sent"), ("cover_asked", "superseded"), ("cover_over", "planned")]


def test_the_house_listens_to_a_changed_session():
    assert EVENTS["session_changed"]
