"""Reminders of the horizon: one statement for all sessions, each place once, none that would be late."""

from datetime import timedelta

import pytest

from clinic.classes import reminders, seats
from clinic.classes.takes import VisitTake
from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.notifications.models import Message
from tests.classes.factories import BY, NOW, a_class, a_person, sessions_of

EARLY = NOW - timedelta(days=30)  # booked so long before that the booking itself plans nothing


@pytest.fixture
def booked(clinic):
    """Two people, each in two sessions of the coming fortnight, planned by nobody yet."""
    sessions = sessions_of(a_class(clinic, weekday=4))
    for name in ("Ada", "Bea"):
        episode = a_person(clinic, name)
        with transaction():
            for session in sessions:
                seats.change(takes=[VisitTake(session.id, episode.id)], by=BY, now=EARLY)
    return sessions


def planned():
    rows = db.select(Message.cause_id, Message.due_at, Message.expires_at, Message.text)
    return db.session.execute(rows.where(Message.rule == "reminder")).all()


@pytest.mark.both_databases
def test_a_tick_plans_every_session_in_one_round_and_each_place_once(booked):
    [one] = list(reminders.planner(NOW, NOW + outbox.HORIZON))
    assert [due.session_id for due in one.sessions] == [session.id for session in booked]
    outbox.plan(NOW)
    outbox.plan(NOW)
    assert len(planned()) == len({row.cause_id for row in planned()}) == 4
    assert {row.expires_at for row in planned()} == {session.starts_at for session in booked}
    assert {row.due_at for row in planned()} == {s.starts_at - timedelta(hours=2, minutes=30) for s in booked}
    assert list(reminders.planner(NOW, NOW + outbox.HORIZON)) == []


def test_a_moved_session_is_planned_again_at_its_new_revision(booked):
    outbox.plan(NOW)
    with transaction():
        booked[0].revision += 1
        booked[0].starts_at += timedelta(hours=1)
    [one] = list(reminders.planner(NOW, NOW + outbox.HORIZON))
    assert [(due.session_id, due.revision) for due in one.sessions] == [(booked[0].id, 2)]


def test_a_reminder_that_would_be_late_already_is_not_planned(booked):
    close = booked[0].starts_at - timedelta(minutes=30)
    [one] = list(reminders.planner(close, close + outbox.HORIZON))
    assert booked[0].id not in [due.session_id for due in one.sessions]
