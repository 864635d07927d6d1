"""Calendar months, ages and partial dates."""

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from clinic.referrals.rules.dates import add_months, age_on, parse_partial

days = st.dates(date(1930, 1, 1), date(2150, 12, 31))


@given(days, st.integers(-30, 30))
def test_months_are_calendar_months_clipped_to_month_ends(day: date, months: int) -> None:
    assert add_months(day, months) == day + relativedelta(months=months)


@given(days, st.integers(0, 40_000))
def test_an_age_is_completed_years(birth: date, later: int) -> None:
    day = birth + relativedelta(days=later)
    if (birth.month, birth.day) != (2, 29):
        assert age_on(birth, day) == relativedelta(day, birth).years


def test_a_birthday_on_a_leap_day_is_kept_on_the_first_of_march() -> None:
    birth = date(1948, 2, 29)
    assert [age_on(birth, date(2026, 2, 28)), age_on(birth, date(2026, 3, 1))] == [77, 78]
    assert age_on(birth, date(2028, 2, 29)) == 80


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-08-03", date(2026, 8, 3), date(2026, 8, 3)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("1900-01-01", date(1900, 1, 1), date(1900, 1, 1)),
        ("2199", date(2199, 1, 1), date(2199, 12, 31)),
    ],
)
def test_a_partial_date_is_the_days_it_may_mean(text: str, first: date, last: date) -> None:
    partial = parse_partial(text)
    assert (partial.first, partial.last, partial.full) == (first, last, first == last)


@pytest.mark.parametrize(
    "text", ["", "26-08-03", "2026-13", "2026-00", "2026-02-30", "20260803", "2026-W32-1", "2026-8-3", "٢٠٢٦",
             "1899", "2200-01-01", "2026-08-03T10:00", " 2026"]
)  # fmt: skip
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        parse_partial(text)


@pytest.mark.parametrize(
    ("text", "cap", "day"),
    [
        ("2026-08", date(2026, 11, 22), date(2026, 8, 31)),
        ("2026-08", date(2026, 8, 5), date(2026, 8, 5)),
        ("2026-08", date(2026, 8, 1), date(2026, 8, 1)),
        ("2026-08", date(2026, 7, 31), date(2026, 8, 31)),
        ("2026", date(2026, 11, 22), date(2026, 11, 22)),
    ],
)
def test_a_partial_date_is_read_as_its_last_day_up_to_the_cap(text: str, cap: date, day: date) -> None:
    assert parse_partial(text).read(cap) == day
