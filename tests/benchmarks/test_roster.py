"""The roster's benchmark judges: what breaks priority is counted, and its line is what is missed."""

from dataclasses import replace

from benchmarks import __main__ as bench
from benchmarks.roster import drawn, solved


def small():
    return solved(drawn(3, running=True, people=60, classes=10))


def test_the_same_seed_draws_the_same_clinic():
    assert drawn(3, running=True).waiters == drawn(3, running=True).waiters
    assert drawn(3, running=True).waiters != drawn(4, running=True).waiters


def test_a_roster_that_is_not_the_best_is_counted_as_wrong():
    found = small()
    assert (found.plan.proved, found.wrong) == (True, 0)
    assert replace(found, plan=replace(found.plan, seating=found.first_fit)).wrong > 0


def test_a_seat_too_many_is_counted_as_wrong():
    found = small()
    full = {cls.id for cls in found.of.classes if cls.free_standing == 0}
    one, cls = next((p, c) for p in found.of.waiters for c in found.of.suits[p.id] if c.id in full)
    seating = {**found.plan.seating, one.id: (cls.id,)}
    assert replace(found, plan=replace(found.plan, seating=seating)).wrong > 0


def test_make_bench_runs_it():
    assert "roster" in bench.names()
