"""Who is next on the waiting list, and why others were passed over."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.capacity import Level
from clinic.classes.rules.placement import Candidate, ClassFacts
from clinic.classes.rules.ranking import Vacancy, Waiter, in_order, needs_a_person, passed_over, rank, why_not

PERSON = Candidate("P2", "intermediate", group_start=date(2026, 11, 23))
CLASS = ClassFacts("tue", Level("P2", "intermediate"), 1, time(10, 30), "hall", free_standing=0)
STANDING = Vacancy(CLASS)
VISIT = Vacancy(CLASS, on=date(2026, 12, 1))


def waiter(name, tier=2, day=1, **changes):
    return Waiter(name, tier, date(2026, 10, day), replace(PERSON, **changes))


waiters = st.lists(
    st.builds(
        Waiter,
        id=st.uuids().map(str),
        tier=st.integers(1, 4),
        referred_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        candidate=st.sampled_from([PERSON, replace(PERSON, band="high"), replace(PERSON, band="low")]),
        unavailable=st.sampled_from([None, None, "Paused."]),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


def test_the_order_is_clinical_tier_then_referral_date_then_id():
    later, sooner, urgent = waiter("a", day=9), waiter("c", day=3), waiter("d", tier=1, day=20)
    tied = waiter("b", day=3)
    assert [one.id for one in in_order([later, sooner, urgent, tied])] == ["d", "b", "c", "a"]


def test_the_unsuitable_are_skipped_with_the_reason_and_the_list_goes_on():
    stricter, paused, suits = waiter("a", 1, band="high"), waiter("b", 1), waiter("c", 3)
    ranked = rank([suits, stricter, replace(paused, unavailable="Paused until 4 January.")], STANDING)
    assert ranked.next == suits
    assert ranked.skipped == (
        ("a", "The person needs high supervision; this class is staffed for intermediate."),
        ("b", "Paused until 4 January."),
    )


def test_a_seat_nobody_suits_stays_free_and_says_why():
    ranked = rank([waiter("a", halfdays=frozenset())], STANDING)
    assert ranked.next is None
    assert ranked.skipped == (("a", "The person cannot come on Tuesday mornings."),)


def test_nobody_waiting_is_no_error():
    assert rank([], STANDING).next is None


def test_a_full_class_is_no_obstacle_to_the_seat_that_just_came_free():
    assert why_not(waiter("a"), STANDING) == ()


@pytest.mark.parametrize(("room_left", "reasons"), [(2, 0), (1, 1)])
def test_those_who_come_along_need_room_too(room_left, reasons):
    vacancy = Vacancy(replace(CLASS, room_left=room_left))
    assert len(why_not(waiter("a", brings=1), vacancy)) == reasons


@pytest.mark.parametrize(("day", "reasons"), [(30, 1), (1, 1), (2, 1), (3, 0), (29, 0)])
def test_a_visit_leaves_a_day_between_it_and_their_other_places(day, reasons):
    held = date(2026, 11, day) if day > 20 else date(2026, 12, day)
    assert len(why_not(replace(waiter("a"), dates_held=frozenset({held})), VISIT)) == reasons


def test_a_standing_seat_asks_about_weekdays_and_a_visit_about_dates():
    member = waiter("a", held_weekdays=frozenset({0}))
    assert why_not(member, STANDING) and not why_not(member, VISIT)


@pytest.mark.parametrize(("start", "reasons"), [(date(2026, 12, 1), 0), (date(2026, 12, 2), 1)])
def test_a_visit_is_not_before_the_group_gate_opens(start, reasons):
    assert len(why_not(waiter("a", group_start=start), VISIT)) == reasons


def test_booking_past_someone_eligible_names_them():
    first, unsuitable, chosen = waiter("a", 1), waiter("b", 1, band="high"), waiter("c", 3)
    assert passed_over("c", [chosen, first, unsuitable], STANDING) == ("a",)
    assert passed_over("a", [chosen, first, unsuitable], STANDING) == ()
    assert passed_over("stranger", [chosen, first, unsuitable], STANDING) == ("a", "c")


@pytest.mark.parametrize(("times", "looked_at"), [(2, False), (3, True), (4, True)])
def test_the_third_skip_goes_to_a_person(times, looked_at):
    assert needs_a_person(times) is looked_at


@given(waiters)
def test_the_next_is_the_first_suitable_and_everybody_ahead_has_a_reason(waiting):
    ranked = rank(waiting, STANDING)
    ahead = [one.id for one in in_order(waiting)][: len(ranked.skipped)]
    assert [waiter_id for waiter_id, reason in ranked.skipped if reason] == ahead
    assert ranked.next is None or in_order(waiting)[len(ahead)] == ranked.next
    assert ranked.next is not None or len(ahead) == len(waiting)


@given(waiters.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_list_is_the_same_whatever_order_it_is_read_in(both):
    assert rank(both[0], STANDING) == rank(both[1], STANDING)


@given(waiters, st.integers(1, 300))
def test_waiting_longer_never_moves_anybody_back(waiting, days):
    if not waiting:
        return
    one = waiting[0]
    earlier = replace(one, referred_on=one.referred_on - timedelta(days=days))
    before = [other.id for other in in_order(waiting)].index(one.id)
    assert [other.id for other in in_order([earlier, *waiting[1:]])].index(one.id) <= before


@given(waiters)
def test_the_next_person_passes_over_nobody(waiting):
    ranked = rank(waiting, STANDING)
    assert ranked.next is None or passed_over(ranked.next.id, waiting, STANDING) == ()
