"""One text on Sunday for the week, or a second reminder the evening before, for who chose so (F31)."""

from datetime import timedelta

import pytest
import time_machine

from clinic.classes import cancelling, seats, week_ahead
from clinic.classes.takes import VisitTake
from clinic.extensions import db, transaction
from clinic.notifications import checks, outbox, recipients
from clinic.notifications.checks import Look
from clinic.notifications.models import Message, MessageState
from clinic.notifications.timing import Timing
from clinic.patients.models import Patient, TextsWanted
from tests.classes.factories import BY, NOW, a_class, a_person, sessions_of

SUNDAY = NOW.replace(hour=18) - timedelta(days=NOW.weekday() + 1 - 7)  # GMT: 18:00 on the clinic's wall
EARLY = NOW - timedelta(days=30)


@pytest.fixture
def ada(clinic):
    """Ada comes on Wednesdays and Fridays at 10:30; the reminders of both weeks are planned."""
    episode = a_person(clinic, "Ada")
    for weekday in (2, 4):
        for session in sessions_of(a_class(clinic, weekday=weekday)):
            with transaction():
                seats.change(takes=[VisitTake(session.id, episode.id)], by=BY, now=EARLY)
    return episode.patient_id


def wants(patient_id, wanted):
    with transaction():
        db.session.get_one(Patient, patient_id).texts_wanted = TextsWanted(wanted)


def planned(rule):
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message).where(Message.rule == rule).order_by(Message.due_at)))


def plan(at):
    with time_machine.travel(at, tick=False):
        outbox.plan(at)


def judged(message, at):
    """The last look before it leaves, at a moment of its hours."""
    with time_machine.travel(at, tick=False):
        facts = checks.facts_for([message])[message.id]
        return Look(recipients.load([message], at), at, Timing()).judge(message, facts)


def left(message, at):
    with transaction():
        message.state, message.claimed_at = MessageState.DELIVERED, at


@pytest.mark.both_databases
def test_who_wants_one_on_sunday_gets_the_coming_weeks_classes_in_one_text(ada):
    wants(ada, "sunday")
    plan(SUNDAY - timedelta(hours=5))
    plan(SUNDAY - timedelta(hours=4))
    [text] = planned("week_ahead")
    assert (text.due_at, text.expires_at) == (SUNDAY, SUNDAY + timedelta(hours=2))
    body = judged(text, SUNDAY).body
    assert "next week: Wed 2 Dec 10:30, Fri 4 Dec 10:30." in body


def test_nobody_else_gets_it_and_no_weekday_plans_it(ada):
    plan(SUNDAY - timedelta(hours=1))
    wants(ada, "sunday")
    plan(SUNDAY + timedelta(hours=12))
    assert planned("week_ahead") == []


def test_single_reminders_of_that_week_are_left_out_only_once_the_sunday_text_has_left(ada):
    plan(NOW)
    wants(ada, "sunday")
    plan(SUNDAY - timedelta(hours=1))
    this_week, next_week = planned("reminder")[0], planned("reminder")[-1]
    at = next_week.due_at
    assert isinstance(judged(next_week, at), checks.Send)
    left(planned("week_ahead")[0], SUNDAY)
    assert judged(next_week, at) == checks.Drop("in_sunday_text")
    assert isinstance(judged(this_week, this_week.due_at), checks.Send)


def test_a_reminder_planned_after_the_sunday_text_speaks_of_a_change_and_goes(ada):
    plan(NOW)
    wants(ada, "sunday")
    plan(SUNDAY - timedelta(hours=1))
    left(planned("week_ahead")[0], SUNDAY)
    changed = planned("reminder")[-1]
    with transaction():
        changed.created_at = SUNDAY + timedelta(hours=20)
    assert isinstance(judged(changed, changed.due_at), checks.Send)


def test_a_sunday_text_that_did_not_arrive_leaves_every_reminder_in_place(ada):
    plan(NOW)
    wants(ada, "sunday")
    plan(SUNDAY - timedelta(hours=1))
    [text] = planned("week_ahead")
    with transaction():
        text.state, text.claimed_at = MessageState.UNDELIVERED, SUNDAY
    reminder = planned("reminder")[-1]
    assert isinstance(judged(reminder, reminder.due_at), checks.Send)


def test_what_is_cancelled_before_it_leaves_is_not_in_it(ada):
    wants(ada, "sunday")
    plan(SUNDAY - timedelta(hours=5))
    for reminder in planned("reminder")[-2:]:
        place = db.session.get_one(week_ahead.Place, reminder.cause_id)
        when = SUNDAY - timedelta(hours=3)
        cancelling.cancel_one(session_id=place.session_id, reason="venue", by=BY, now=when)
    assert judged(planned("week_ahead")[0], SUNDAY) == checks.Drop("no_class_that_week")


def test_who_wants_more_is_also_reminded_at_six_the_evening_before(ada):
    wants(ada, "more")
    plan(NOW)
    plan(NOW)
    eves = planned("reminder_eve")
    assert [m.due_at for m in eves] == [
        m.expires_at.replace(hour=18, minute=0) - timedelta(days=1) for m in planned("reminder")
    ]
    assert isinstance(judged(eves[0], eves[0].due_at), checks.Send)
    wants(ada, "usual")
    assert judged(eves[0], eves[0].due_at) == checks.Drop("fewer_wanted")
