"""A sender dies in mid-batch: only what it had begun is in doubt, the rest is simply sent."""

from datetime import timedelta

import pytest

from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import delivery, reconcile
from clinic.notifications.claim import claim
from clinic.notifications.dispatchers import Pass
from clinic.notifications.line import begun_at_once, chunk_of
from clinic.notifications.models import Message, MessageState
from clinic.notifications.outcomes import Unknown
from clinic.notifications.recording import record
from clinic.notifications.timing import Timing, ticking
from clinic.viewer import acting_as, system

S = MessageState
SOON = timedelta(seconds=1)


@pytest.fixture
def three(wired):
    for n in range(3):
        wired.plan(wired.patient(number=f"+4477009000{n:02d}"), cause_id=n + 1)
    moments = {"not_before": clock() - SOON, "expires_at": clock() + timedelta(days=9)}
    db.session.execute(db.update(Message).values(**moments))
    db.session.commit()
    return wired


def claim_and_die(*, at_once=1):
    """The parcels of a claim whose owner is gone before it posted any."""
    timing = Timing()
    with Pass(timing) as owner:
        given = {"limit": 9, "now": clock(), "began": ticking(), "timing": timing, "any_hour": True}
        return claim(owner=owner, at_once=at_once, **given).parcels


def states(wired):
    return [m.state for m in wired.messages()]


@pytest.mark.both_databases
def test_what_a_dead_sender_had_not_begun_is_sent_after_all(three):
    claim_and_die()
    counts = reconcile.reconcile()
    assert (counts["given_back"], counts["doubtful"]) == (2, 1)
    assert states(three) == [S.UNKNOWN, S.PLANNED, S.PLANNED]
    assert delivery.deliver(any_hour=True)["accepted"] == 2


@pytest.mark.both_databases
def test_what_was_given_back_cannot_be_begun_by_a_sender_that_wakes(three):
    first, second, third = claim_and_die()
    reconcile.reconcile()
    given = {"now": clock(), "timing": Timing()}
    with acting_as(system("test")):
        assert record([(first, Unknown("no_answer"))], begin=[second, third], **given) == set()
    assert states(three) == [S.UNKNOWN, S.PLANNED, S.PLANNED]


@pytest.mark.both_databases
def test_the_next_in_line_begin_as_results_are_written(three):
    timing = Timing()
    with Pass(timing) as owner:
        given = {"limit": 9, "now": clock(), "began": ticking(), "timing": timing, "any_hour": True}
        first, second, _ = claim(owner=owner, at_once=1, **given).parcels
        began = record([(first, Unknown("no_answer"))], begin=[second], now=clock(), timing=timing)
    assert began == {second.id}
    counts = reconcile.reconcile()
    assert (counts["given_back"], counts["doubtful"]) == (1, 1)


@pytest.mark.both_databases
def test_a_batch_longer_than_the_line_is_sent_whole_and_in_order(three):
    counts = delivery.deliver(in_flight=1, any_hour=True)
    assert (counts["claimed"], counts["accepted"]) == (3, 3)
    for n in range(3, 15):
        three.plan(three.patient(number=f"+4477009000{n:02d}"), cause_id=n + 1)
    moments = {"not_before": clock() - SOON, "expires_at": clock() + timedelta(days=9)}
    db.session.execute(db.update(Message).where(Message.state == S.PLANNED).values(**moments))
    db.session.commit()
    assert begun_at_once(1) < 12
    counts = delivery.deliver(in_flight=1, batch=12, any_hour=True)
    assert counts["claimed"] == counts["accepted"] == counts["batch"]


@pytest.mark.parametrize(("threads", "chunk", "begun"), [(1, 1, 2), (4, 4, 9), (32, 50, 90), (100, 50, 175)])
def test_the_line_keeps_every_thread_busy_while_a_chunk_is_written(threads, chunk, begun):
    assert (chunk_of(threads), begun_at_once(threads)) == (chunk, begun)
