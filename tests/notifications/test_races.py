"""A cancel, an opt-out and a claim at once: the claim's commit decides, and the loser can tell."""

import threading
from datetime import timedelta

import pytest

from clinic.extensions import db, transaction
from clinic.notifications import delivery, inbound, outbox
from clinic.notifications.inbound import Answer
from clinic.notifications.models import Message, MessageState
from clinic.viewer import acting_as, system
from tests.notifications.conftest import NOON

ROUNDS = 12


def at_once(wired, *works):
    """Run each in a thread with a session of its own, from one barrier; their answers in order."""
    answers, barrier = [None] * len(works), threading.Barrier(len(works))

    def run(position, work):
        with wired.app.app_context(), acting_as(system("race")):
            barrier.wait(10)
            answers[position] = work()
            db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def accepts(wired):
    return len(list(wired.provider.simulator.journal.read()))


@pytest.mark.both_databases
def test_a_cancel_stops_a_text_or_knows_that_it_has_left(wired):
    patient = wired.patient()

    def cancel(n):
        with transaction():
            return outbox.supersede(cause_kind="place", cause_id=n, reason="cancelled")

    for n in range(ROUNDS):
        wired.plan(patient, cause_id=n)
        before = accepts(wired)
        _, cancelled = at_once(wired, lambda: delivery.deliver(now=NOON), lambda n=n: cancel(n))
        assert accepts(wired) - before == cancelled.gone
        assert cancelled.stopped + cancelled.gone == 1


@pytest.mark.both_databases
def test_two_dispatchers_at_once_never_take_the_same_text(wired):
    for n in range(30):
        wired.plan(wired.patient(number=f"+4477009000{n:02d}"), cause_id=n)
    counts = at_once(wired, *[lambda: delivery.deliver(now=NOON, batch=20) for _ in range(3)])
    assert sum(c["accepted"] for c in counts) == accepts(wired) == 30
    assert db.session.scalars(db.select(db.func.max(Message.attempt))).one() == 1


@pytest.mark.both_databases
def test_two_planners_at_once_plan_each_text_once(wired):
    patient = wired.patient()
    answers = at_once(wired, *[lambda: wired.plan(patient, cause_id=5) for _ in range(3)])
    assert sorted(answers) == [False, False, True]
    assert [m.state for m in wired.messages()] == [MessageState.PLANNED]


def hear(sid, body="2"):
    text = {"sender": "+447700900001", "to": "+447700900000", "body": body}
    return inbound.receive(sid=sid, **text, service=None, opt_out=None, now=NOON)


@pytest.fixture
def reminded(wired):
    """A reminder has left; the handler writes down how it finds its question."""
    wired.plan(wired.patient(), expires_at=NOON + timedelta(hours=4))
    delivery.deliver(now=NOON)
    wired.found = []

    def handler(heard):
        wired.found.append(heard.question.state)
        return Answer("call_me_answer", {}, "handled")

    wired.tables.REPLIES[("reminder", "cannot_come")] = handler
    return wired


@pytest.mark.both_databases
def test_the_same_reply_posted_three_times_at_once_has_one_effect(reminded):
    effects = at_once(reminded, *[lambda: hear("SM1") for _ in range(3)])
    assert sorted(effects, key=str) == [None, None, "handled"]
    assert len(reminded.found) == 1


@pytest.mark.both_databases
def test_of_two_replies_within_a_second_only_the_first_finds_the_question_open(reminded):
    at_once(reminded, lambda: hear("SM2"), lambda: hear("SM3"))
    assert sorted(reminded.found) == ["answered", "open"]
