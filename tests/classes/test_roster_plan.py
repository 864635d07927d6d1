"""The proposal is the best there is: proved against every arrangement of small rosters."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from clinic.classes.roster_plan import solve
from clinic.classes.rules.roster_greedy import first_fit, slack_aware
from clinic.classes.rules.roster_model import Aim, Goal, broken, problem, worth
from tests.classes.rules.roster_worlds import FRIDAY, TUESDAY, WEDNESDAY, best_worth, rosters, waiter


@settings(max_examples=60, deadline=None)
@given(rosters())
def test_no_arrangement_at_all_is_worth_more(of):
    plan = solve(of)
    assert plan.proved
    assert worth(of, plan.seating) == best_worth(of, lambda seating: not broken(of, seating))


@settings(max_examples=25, deadline=None)
@given(rosters(people=14, timetable=8))
def test_it_breaks_no_rule_and_is_never_worse_than_the_plain_ways(of):
    plan = solve(of)
    assert [broken(of, one) for one in (plan.seating, slack_aware(of), first_fit(of))] == [[], [], []]
    assert worth(of, plan.seating) >= max(worth(of, slack_aware(of)), worth(of, first_fit(of)))


@settings(max_examples=20, deadline=None)
@given(rosters(people=10, timetable=6))
def test_the_order_in_which_people_and_classes_are_given_does_not_matter(of):
    again = problem(reversed(of.waiters), reversed(of.classes))
    assert solve(again).seating == solve(of).seating == solve(of).seating


@settings(max_examples=20, deadline=None)
@given(rosters(people=10, timetable=6))
def test_a_tier_gets_the_same_whoever_waits_behind_it(of):
    alone = problem([one for one in of.waiters if one.tier == of.tiers[0]], of.classes) if of.tiers else of
    steps = 4 if of.tiers else 0
    assert worth(of, solve(of).seating)[:steps] == worth(alone, solve(alone).seating)[:steps]


@settings(max_examples=20, deadline=None)
@given(rosters(people=10, timetable=6))
def test_with_no_time_the_plain_way_stands_and_nothing_unproved_is_called_proved(of):
    plan = solve(of, seconds=0)
    assert plan.seating == slack_aware(of)
    assert worth(of, solve(of).seating) <= tuple(one.at_most for one in plan.proofs)
    assert plan.proved is (worth(of, plan.seating) == tuple(one.at_most for one in plan.proofs))


def test_somebody_moves_over_so_that_both_have_a_seat():
    first = waiter("a", day=1, sessions_wanted=1)
    second = waiter("b", day=2, sessions_wanted=1, halfdays=frozenset({(1, "am")}))
    of = problem([first, second], [TUESDAY, FRIDAY])
    assert first_fit(of) == {"a": ("tue",)}
    assert solve(of).seating == {"a": ("fri",), "b": ("tue",)}


def test_a_second_seat_of_the_urgent_comes_before_a_first_of_the_others():
    of = problem([waiter("a", tier=1, day=9), waiter("b", day=1)], [TUESDAY, FRIDAY])
    assert solve(of).seating == {"a": ("tue", "fri")}


def test_within_a_tier_one_seat_each_comes_before_two_for_one():
    of = problem([waiter("a", day=1), waiter("b", day=2)], [TUESDAY, FRIDAY])
    assert Counter(map(len, solve(of).seating.values())) == {1: 2}


def test_who_waits_longest_has_the_last_seat():
    of = problem([waiter("a", day=20), waiter("b", day=2)], [TUESDAY])
    assert solve(of).seating == {"b": ("tue",)}


def test_two_are_never_on_neighbouring_days():
    of = problem([waiter("a")], [TUESDAY, WEDNESDAY])
    assert len(solve(of).seating["a"]) == 1
    assert solve(problem([waiter("a")], [TUESDAY, replace(WEDNESDAY, weekday=3)])).seating == {
        "a": ("tue", "wed")
    }


@pytest.mark.parametrize("changes", [{"sessions_wanted": 1}, {"held_weekdays": frozenset({6})}])
def test_who_wants_one_or_holds_one_gets_one(changes):
    of = problem([waiter("a", **changes)], [TUESDAY, FRIDAY])
    assert [len(seats) for seats in solve(of).seating.values()] == [1]


def test_a_proof_says_what_is_reached_and_what_could_be():
    of = problem([waiter("a", sessions_wanted=1), waiter("b", sessions_wanted=1)], [TUESDAY])
    first = solve(of).proofs[0]
    assert (first.goal, first.reached, first.at_most, first.proved) == (Goal(Aim.SEATED, 2), 1, 1, True)
    unproved = solve(problem([waiter("a")], [replace(TUESDAY, free_standing=0)]), seconds=0).proofs[0]
    assert (unproved.reached, unproved.at_most, unproved.proved) == (0, 1, False)


def test_nobody_and_nothing_is_an_answer_too():
    assert solve(problem([], [])).seating == {}
    assert solve(problem([waiter("a")], [])).proved
