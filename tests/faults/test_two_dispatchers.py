"""Two real dispatchers, one killed: nothing lost, nothing twice. The provider's journal is the witness."""

import signal
import time
from datetime import timedelta

import pytest

from benchmarks.drill.judge import judge, states
from benchmarks.drill.world import wait_until
from clinic.extensions import now
from clinic.notifications import reconcile

MESSAGES = 60


def settle(world, *, later=timedelta(hours=1)):
    """What is still in doubt when all is quiet is looked up, or handed to a person, an hour on."""
    with world.app.app_context():
        reconcile.reconcile(now=now() + later)
        reconcile.reconcile(now=now() + later)


def verdict(world):
    with world.app.app_context():
        return judge(world.accepts()), states()


@pytest.mark.both_databases
def test_one_of_two_dispatchers_killed_in_mid_batch(world):
    world.fill(MESSAGES)
    world.start_provider()
    world.faults({"kind": "slow", "seconds": 0.1, "count": None})
    first, second = world.start_dispatcher(), world.start_dispatcher()
    wait_until(lambda: len(list(world.accepts())) >= 5, 30)
    first.kill()
    world.heal()
    wait_until(lambda: world.open_count() <= 40, 60)
    wait_until(lambda: open_now(world) == 0, 60)  # what the first had not begun, the second sends
    second.kill()
    settle(world)
    found, now_are = verdict(world)
    assert found.breaches == {}, now_are
    assert found.messages == MESSAGES
    assert found.accepted + found.handed_over >= MESSAGES


def open_now(world):
    """Texts that some dispatcher has or could take."""
    now_are = states_of(world)
    return now_are["planned"] + now_are["sending"]


def states_of(world):
    with world.app.app_context():
        return states()


def dies_and_is_survived(world, failpoint):
    world.fill(20)
    world.start_provider()
    dying = world.start_dispatcher(failpoint)
    wait_until(lambda: not dying.alive, 60)
    survivor = world.start_dispatcher()
    wait_until(lambda: open_now(world) == 0, 60)
    survivor.kill()
    settle(world)
    found, now_are = verdict(world)
    assert found.breaches == {}, now_are


@pytest.mark.both_databases
@pytest.mark.parametrize("failpoint", ["after_claim", "after_accept:3"])
def test_a_dispatcher_that_dies_before_or_after_the_provider_has_it(world, failpoint):
    dies_and_is_survived(world, failpoint)


@pytest.mark.parametrize("failpoint", ["before_post:3", "before_record", "mid_record"])
def test_a_dispatcher_that_dies_between_the_steps(world, failpoint):
    dies_and_is_survived(world, failpoint)


@pytest.mark.both_databases
def test_answers_that_never_came_are_found_and_not_sent_again(world):
    world.fill(24)
    world.start_provider()
    world.faults(
        {"kind": "error_after_accept", "count": 3},
        {"kind": "reset_after_accept", "count": 3},
        {"kind": "hang", "seconds": 2, "count": 3},
        {"kind": "garbage", "count": 3},
        {"kind": "throttle", "seconds": 0.2, "count": 3},
        {"kind": "reset", "count": 2},
        {"kind": "unavailable", "count": 2},
    )
    world.start_dispatcher()
    wait_until(lambda: open_now(world) == 0, 90)
    settle(world)
    found, now_are = verdict(world)
    assert found.breaches == {}, now_are
    assert found.accepted >= 20  # only what was lost before an accept may be missing


def test_callbacks_early_late_repeated_and_reversed_end_in_the_truth(world):
    world.fill(20)
    world.start_web()
    world.start_provider()
    world.faults(
        {"kind": "callback_first", "count": 5},
        {"kind": "duplicate_callbacks", "times": 3, "count": 10},
        {"kind": "reverse_callbacks", "count": 10},
        {"kind": "late_callbacks", "seconds": 1, "count": 5},
        {"kind": "error_after_accept", "count": 5},
    )
    world.start_dispatcher()
    wait_until(lambda: states_of(world)["delivered"] == 20, 60)
    found, now_are = verdict(world)
    assert (found.breaches, found.accepted) == ({}, 20), now_are


def test_the_harness_catches_a_sender_that_records_after_it_sends(world):
    world.fill(40)
    world.start_provider()
    world.faults({"kind": "error_after_accept", "chance": 0.3, "count": None})
    naive = world.start_dispatcher(role="naive")
    wait_until(lambda: len(list(world.accepts())) >= 45, 60)
    naive.kill()
    found, _ = verdict(world)
    assert found.breaches["twice"] > 0


def test_a_stopped_dispatcher_that_comes_back_posts_nothing_more(world):
    world.fill(20)
    world.environment["SMS_IN_FLIGHT"] = "1"  # one thread, stopped as its third post is about to leave
    world.start_provider()
    zombie = world.start_dispatcher("at_the_wire:3:stop")
    wait_until(lambda: zombie.stopped, 60)
    survivor = world.start_dispatcher()
    wait_until(lambda: open_now(world) == 0, 60)  # its lease ran out: what it holds is in doubt
    resumed = time.time()
    zombie.signal(signal.SIGCONT)
    wait_until(lambda: len(list(world.accepts())) == 20, 60)  # it says what it did not post: sent anew
    zombie.kill()
    survivor.kill()
    settle(world)
    found, now_are = verdict(world)
    assert found.breaches == {}, now_are
    assert [a["sid"] for a in world.accepts() if a["wall"] > resumed and "&a=1" in a["callback"]] == []
