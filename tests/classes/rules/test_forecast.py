from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.capacity import Level
from clinic.classes.rules.forecast import AHEAD, SeatEnd, by_level, course_end, expected, seat_free_on
from clinic.classes.rules.placement import Candidate, ClassFacts
from clinic.classes.rules.ranking import Waiter, in_order

TODAY = date(2026, 11, 23)
OPEN = date(2026, 11, 1)


def a_class(name="1", *, phase="P2", band="intermediate", free=0, weekday=1):
    level = Level(phase, band)
    return ClassFacts(name, level, weekday, time(10, 30), venue="1", free_standing=free)


def waits(name, *, days=10, phase="P2", gate=OPEN, tier=2, **more):
    person = Candidate(phase, "intermediate", group_start=gate, **more)
    return Waiter(name, tier, TODAY - timedelta(days=days), person)


def on(days, cls=None):
    return SeatEnd(cls or a_class(), TODAY + timedelta(days=days))


def dates(waiters, seats):
    return {who: (seat.on - TODAY).days for who, seat in expected(in_order(waiters), seats, TODAY).items()}


@pytest.mark.parametrize(
    ("first", "ends"),
    [("2026-05-10", "2026-12-10"), ("2026-07-31", "2027-02-28"), ("2023-07-31", "2024-02-29")],
)
def test_a_course_is_seven_calendar_months(first, ends):
    assert course_end(date.fromisoformat(first)) == date.fromisoformat(ends)


def test_who_is_past_the_end_is_expected_to_leave_within_a_fortnight():
    assert seat_free_on(date(2026, 1, 1), TODAY) == TODAY + timedelta(days=14)


def test_the_first_seat_goes_to_the_first_in_order():
    assert dates([waits("late", days=5), waits("early", days=50)], [on(30), on(3)]) == {
        "early": 3,
        "late": 30,
    }


def test_an_urgent_referral_comes_first():
    assert dates([waits("long", days=90), waits("urgent", days=1, tier=1)], [on(3)]) == {"urgent": 3}


def test_a_seat_that_does_not_suit_goes_to_the_next():
    assert dates([waits("strict", phase="P1"), waits("mild")], [on(3)]) == {"mild": 3}


def test_of_the_seats_of_one_day_each_takes_the_nearest_to_their_level():
    strict, own = a_class("strict", phase="P1", band="high", weekday=0), a_class("own", weekday=4)
    line = in_order([waits("early", days=50), waits("needs", days=5, phase="P1")])
    found = expected(line, [on(3, strict), on(3, own)], TODAY)
    assert {who: seat.cls.id for who, seat in found.items()} == {"early": "own", "needs": "strict"}


def test_nobody_is_expected_before_the_group_gate_opens():
    gate = TODAY + timedelta(days=10)
    assert dates([waits("healing", gate=gate)], [on(3), on(12)]) == {"healing": 12}
    assert dates([waits("closed", gate=None)], [on(3)]) == {}


def test_nothing_is_promised_beyond_half_a_year():
    assert dates([waits("ada")], [on(AHEAD.days + 1)]) == {}


def test_the_table_counts_each_level_by_itself():
    low, high = a_class("low", band="low", free=1), a_class("high", band="high")
    seats = [SeatEnd(low, TODAY), on(40, high), on(20, high), on(400, high)]
    waiters = in_order([waits("a", days=20), waits("b", days=10)])
    rows = by_level([low, high], seats, expected(waiters, seats, TODAY), TODAY)
    assert [(r.band, r.classes, r.free_now, len(r.ends), r.waiting) for r in rows] == [
        ("high", 1, 0, 2, 2),
        ("low", 1, 1, 0, 0),
    ]
    assert rows[0].last_by == TODAY + timedelta(days=40)


@given(st.lists(st.integers(1, 200), max_size=8), st.lists(st.integers(0, 170), max_size=8))
def test_no_seat_is_expected_by_two_and_no_person_expects_two(waits_for, ends):
    waiters = in_order([waits(f"{n}", days=days) for n, days in enumerate(waits_for)])
    given_ = expected(waiters, [on(day) for day in ends], TODAY)
    assert len(given_) == min(len(waiters), len(ends))
    assert sorted((seat.on - TODAY).days for seat in given_.values()) == sorted(ends)[: len(given_)]
    assert [w.id for w in waiters if w.id in given_] == sorted(
        given_, key=lambda who: (given_[who].on, [w.id for w in waiters].index(who))
    )
