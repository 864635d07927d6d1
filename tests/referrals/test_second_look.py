"""One accepted suggestion in twenty gets a second look by another physiotherapist (F28)."""

import pytest
from sqlalchemy import select

from clinic.access.models import Role
from clinic.audit import AuditEvent
from clinic.extensions import db, now, transaction
from clinic.referrals import engine, second_look
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.states import CannotMove
from clinic.viewer import acting_as, staff
from clinic.worklist.models import Task
from tests.referrals.factories import TEST, a_referral, a_user, accept


@pytest.fixture
def every_one_is_drawn(monkeypatch):
    """The lot falls on every decision: as if the rule book said one in one."""
    monkeypatch.setattr(second_look, "drawn", lambda decision_id, one_in: True)


@pytest.fixture
def another(world):
    with acting_as(TEST), transaction():
        user = a_user(Role.PHYSIOTHERAPIST, f"second-{world.clinic.id}", clinic_id=world.clinic.id)
    return staff(user.id, world.clinic.id, "physiotherapist")


@pytest.fixture
def decided(world, every_one_is_drawn):
    episode = accept(world, a_referral(world).referral)
    return engine.latest(episode.id, "decided")


def answer(decision, by, agrees=True, note=""):
    with acting_as(by):
        return second_look.answer(decision_id=decision.id, agrees=agrees, note=note, by=by)


def looks():
    """The tasks of second looks and what came of them, first to last."""
    kinds = ("second_look", "decision_disputed")
    return list(db.session.scalars(select(Task).where(Task.kind.in_(kinds)).order_by(Task.id)))


def test_the_lot_falls_on_about_one_in_twenty_and_always_on_the_same(app_context):
    first = [second_look.drawn(number, 20) for number in range(1, 4001)]
    assert 150 < sum(first) < 250
    assert first == [second_look.drawn(number, 20) for number in range(1, 4001)]


def test_the_share_is_the_rule_books(app_context):
    assert all(second_look.drawn(number, 1) for number in range(1, 50))


def test_an_acceptance_that_is_not_drawn_opens_nothing(world, monkeypatch):
    monkeypatch.setattr(second_look, "drawn", lambda decision_id, one_in: False)
    accept(world, a_referral(world).referral)
    assert looks() == []


def test_a_drawn_acceptance_opens_a_task_with_a_date(world, decided):
    (task,) = looks()
    assert (task.kind, task.cause_id, task.patient_id) == ("second_look", decided.id, decided.patient_id)
    assert task.due_at > now()


def test_another_physiotherapist_agrees_and_it_is_done(world, decided, another):
    task = answer(decided, another)
    assert (task.outcome, task.closed_by_id) == ("agreed", another.id)
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "decision.second_look")).one()
    assert row.details == {"outcome": "agreed"}


def test_who_took_the_decision_cannot_look_a_second_time(world, decided):
    with pytest.raises(NotAllowed, match="another physiotherapist"):
        answer(decided, world.physiotherapist)


def test_a_coordinator_gives_no_second_look(world, decided):
    with pytest.raises(NotAllowed, match="Only a physiotherapist"):
        answer(decided, world.coordinator)


def test_who_disagrees_says_why_and_the_first_one_hears_of_it(world, decided, another):
    with pytest.raises(Incomplete):
        answer(decided, another, agrees=False, note="  ")
    answer(decided, another, agrees=False, note="High supervision: two falls in the note")
    looked, heard = looks()
    assert looked.outcome == "disagreed"
    assert (heard.kind, heard.owner_id, heard.note) == (
        "decision_disputed",
        world.physiotherapist.id,
        "High supervision: two falls in the note",
    )


def test_a_second_look_is_answered_once(world, decided, another):
    answer(decided, another)
    with pytest.raises(CannotMove):
        answer(decided, another)


def test_no_lot_falls_on_a_decision_of_another_test(app_context):
    assert not any(second_look.drawn(number, 20) for number in range(1, 121))
