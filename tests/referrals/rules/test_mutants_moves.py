"""The table of moves in full, as a reader would check it against the design: one line a state."""

from datetime import date, timedelta

import pytest

from clinic.referrals.rules import moves

MONDAY = date(2026, 11, 23)
ALLOWED = {
    "being_decided": "with_referrer on_hold awaiting_assessment waiting paused ended",
    "with_referrer": "being_decided on_hold awaiting_assessment paused ended",
    "on_hold": "being_decided with_referrer awaiting_assessment waiting paused ended",
    "awaiting_assessment": "being_decided with_referrer on_hold waiting offered in_class paused ended",
    "waiting": "being_decided on_hold awaiting_assessment offered in_class paused ended",
    "offered": "being_decided on_hold awaiting_assessment waiting in_class paused ended",
    "in_class": "awaiting_assessment waiting offered paused ended",
    "paused": "being_decided on_hold awaiting_assessment waiting offered in_class ended",
    "ended": "being_decided awaiting_assessment waiting in_class",
}
NEXT = {
    "being_decided": ("decide", 7),
    "with_referrer": ("chase_referrer", 7),
    "on_hold": ("review_hold", 28),
    "awaiting_assessment": ("assess", 14),
    "waiting": ("place", 7),
    "offered": ("await_answer", 3),
    "in_class": ("review", 42),
    "paused": ("review_pause", 14),
    "ended": ("none", 0),
}


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def never(day: date) -> bool:
    return False


@pytest.mark.parametrize("before", ALLOWED)
def test_a_state_leads_to_these_and_no_others(before):
    assert {after for after in ALLOWED if moves.allowed(before, after)} == set(ALLOWED[before].split())


@pytest.mark.parametrize("state", NEXT)
def test_every_state_has_its_next_step_and_days(state):
    assert (moves.NEXT[state].step, moves.NEXT[state].days) == NEXT[state]


def test_the_next_date_is_a_working_day_and_an_end_has_none():
    assert moves.next_date("waiting", MONDAY, weekdays) == MONDAY + timedelta(days=7)
    assert moves.next_date("offered", MONDAY + timedelta(days=2), weekdays) == MONDAY + timedelta(days=7)
    assert moves.next_date("ended", MONDAY, weekdays) is None


def test_a_working_day_is_looked_for_a_fortnight_ahead_and_a_closed_clinic_keeps_the_day():
    for ahead in (0, 1, 13, 14):
        opens = MONDAY + timedelta(days=ahead)
        assert moves.on_or_after(MONDAY, lambda day, opens=opens: day == opens) == opens
    late = MONDAY + timedelta(days=15)
    assert moves.on_or_after(MONDAY, lambda day: day == late) == MONDAY
    assert moves.on_or_after(MONDAY, never) == MONDAY


@pytest.mark.parametrize(("count", "days"), [(0, 0), (1, 1), (4, 4), (5, 7), (10, 14)])
def test_working_days_are_counted_from_the_day_after(count, days):
    assert moves.working_days_later(MONDAY, count, weekdays) == MONDAY + timedelta(days=days)


def test_counting_working_days_of_a_closed_clinic_ends_after_a_year():
    assert moves.working_days_later(MONDAY, 1, never) == MONDAY + timedelta(days=366)
