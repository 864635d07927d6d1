"""The audit trail: in the caller's transaction, refused changes, and every tampering found."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from clinic import audit
from clinic.audit import AuditEvent
from clinic.extensions import at, db, transaction
from clinic.viewer import system
from tests import factories

pytestmark = pytest.mark.both_databases
BY = system("test")


@pytest.fixture
def trail(app_context):
    """Six events, four of them sealed."""
    for name in ("a", "b", "c", "d"):
        factories.a_clinic(name)
    audit.seal()
    for name in ("e", "f"):
        factories.a_clinic(name)
    db.session.rollback()


def test_an_event_and_its_cause_are_both_kept_or_neither(app_context):
    with pytest.raises(KeyError), transaction():
        audit.record("thing.done", by=BY)
        raise KeyError
    assert db.session.scalars(select(AuditEvent)).all() == []


def test_nothing_is_recorded_outside_a_transaction(app_context):
    with pytest.raises(RuntimeError, match="outside transaction"):
        audit.record("thing.done", by=BY)


def test_an_untouched_trail_verifies(trail):
    answer = audit.verify()
    assert (answer["sealed"], answer["unsealed"], answer["tampered"]) == (4, 2, [])
    assert answer["broken_seals"] == []


def test_a_row_verifies_whatever_zone_its_moment_came_in(app_context):
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=ZoneInfo("Europe/London"))
    with at(summer):
        factories.a_clinic("a")
    assert audit.verify()["tampered"] == []


def test_a_second_seal_follows_the_first(trail):
    first, second = audit.verify()["head"], audit.seal()
    answer = audit.verify(head=first)
    assert answer["head"] == second != first
    assert not answer["tail_cut"]


@pytest.mark.parametrize("verb", ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events"])
def test_the_database_refuses_to_change_a_row(trail, verb):
    with pytest.raises(DatabaseError), transaction():
        db.session.execute(text(verb))


class TestTampering:
    """By somebody who owns the database."""

    def test_an_edited_row_is_named_sealed_or_not(self, trail, database):
        ids = [event.id for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
        db.session.rollback()
        database.as_owner(f"UPDATE audit_events SET actor = 'staff:7' WHERE id IN ({ids[1]}, {ids[5]})")
        assert audit.verify()["tampered"] == [ids[1], ids[5]]

    def test_a_deleted_row_is_named(self, trail, database):
        second = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()[1]
        db.session.rollback()
        database.as_owner(f"DELETE FROM audit_events WHERE id = {second}")
        answer = audit.verify()
        assert answer["tampered"] == [second]
        assert answer["broken_seals"]

    def test_a_cut_tail_is_seen_from_an_exported_head(self, trail, database):
        head = audit.seal()
        database.as_owner("DELETE FROM audit_sealed WHERE seal_id = (SELECT max(id) FROM audit_seals)")
        database.as_owner("DELETE FROM audit_seals WHERE id = (SELECT max(id) FROM audit_seals)")
        assert audit.verify(head=head)["tail_cut"]
        assert not audit.verify()["tail_cut"]
