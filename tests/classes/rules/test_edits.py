"""A class edited over clock changes and holidays: each date goes to its own new date, at the asked time."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.calendar import occurrences
from clinic.classes.rules.edits import goes_to, last_day_before, shift

LONDON = ZoneInfo("Europe/London")
ENGLAND = public_holidays.country_holidays("GB", subdiv="ENG", years=(2026, 2027, 2028))
CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))
weekdays = st.integers(0, 6)
clinic_hours = st.times(time(7), time(21)).map(lambda at: at.replace(second=0, microsecond=0))
near_a_change = st.builds(
    lambda change, days: change + timedelta(days=days), st.sampled_from(CHANGES), st.integers(-30, 30)
)
any_day = st.one_of(near_a_change, st.dates(date(2026, 1, 1), date(2028, 6, 1)))


def dates_of(weekday, since, until):
    """A class's own dates, holidays left out, as the timetable makes them."""
    found = occurrences(weekday, time(10, 30), 60, LONDON, since, until, ENGLAND)
    return [one.original_date for one in found if one.skipped_reason is None]


def gone(originals, old, new, at):
    return [goes_to(day, old, new, at, 60, LONDON, ENGLAND) for day in originals]


@given(weekdays, weekdays, clinic_hours, any_day)
def test_no_two_dates_go_to_one_and_their_order_stays(old, new, at, since):
    originals = dates_of(old, since, since + timedelta(weeks=30))
    went = [one.original_date for one in gone(originals, old, new, at)]
    assert went == sorted(set(went))
    assert {day.weekday() for day in went} <= {new}


@given(weekdays, weekdays, clinic_hours, any_day)
def test_a_date_never_goes_back_nor_a_week_on(old, new, at, since):
    for original in dates_of(old, since, since + timedelta(weeks=10)):
        one = goes_to(original, old, new, at, 60, LONDON)
        assert timedelta(0) <= one.original_date - original < timedelta(days=7)


@given(weekdays, weekdays, clinic_hours, any_day)
def test_the_asked_wall_time_holds_on_both_sides_of_a_clock_change(old, new, at, since):
    originals = dates_of(old, since, since + timedelta(weeks=10))
    assert {one.starts_at.astimezone(LONDON).time() for one in gone(originals, old, new, at)} <= {at}


@given(weekdays, weekdays, clinic_hours, any_day)
def test_the_new_class_makes_the_very_dates_the_old_ones_went_to(old, new, at, since):
    """What is rolled forward after the edit is what would have been there, none at another hour."""
    until = since + timedelta(weeks=20)
    first = since + timedelta(days=(old - since.weekday()) % 7)
    went = {
        one.starts_at for one in gone(dates_of(old, first, until), old, new, at) if not one.skipped_reason
    }
    made = occurrences(new, at, 60, LONDON, first, until + timedelta(days=7), ENGLAND)
    assert went <= {one.starts_at for one in made if not one.skipped_reason}


@given(weekdays, weekdays, weekdays, clinic_hours, any_day)
def test_two_edits_in_a_row_end_where_the_last_one_says(first, second, third, at, since):
    """A class edited in March and again in October: nothing slides, however often it is edited."""
    for original in dates_of(first, since, since + timedelta(weeks=6)):
        once = goes_to(original, first, second, time(9), 60, LONDON).original_date
        twice = goes_to(once, second, third, at, 60, LONDON)
        assert twice.original_date.weekday() == third
        assert twice.starts_at.astimezone(LONDON).time() == at
        assert twice.original_date - original < timedelta(days=14)


@given(weekdays, any_day)
def test_the_old_class_and_the_new_share_no_date_and_leave_none_out(weekday, since):
    until = since + timedelta(weeks=12)
    begins = since - timedelta(weeks=12)
    before, after = dates_of(weekday, begins, last_day_before(since)), dates_of(weekday, since, until)
    assert before + after == dates_of(weekday, begins, until)


@given(weekdays, clinic_hours, any_day)
def test_the_same_weekday_goes_nowhere(weekday, at, since):
    for original in dates_of(weekday, since, since + timedelta(weeks=4)):
        assert goes_to(original, weekday, weekday, at, 60, LONDON).original_date == original


@pytest.mark.parametrize(
    ("original", "old", "new", "reason"),
    [
        (date(2026, 12, 24), 3, 4, "holiday"),  # Thursday to Christmas Day
        (date(2027, 3, 25), 3, 4, "holiday"),  # to Good Friday, three days before the clocks change
        (date(2027, 3, 25), 3, 5, None),
        (date(2026, 12, 22), 1, 2, "closure"),
    ],
)
def test_a_new_date_on_a_holiday_or_a_closed_day_is_not_held(original, old, new, reason):
    one = goes_to(original, old, new, time(10), 60, LONDON, ENGLAND, {date(2026, 12, 23)})
    assert one.skipped_reason == reason


@pytest.mark.parametrize(
    ("change", "utc_before", "utc_after"),
    [
        (CHANGES[0], time(14), time(13)),
        (CHANGES[1], time(13), time(14)),
        (CHANGES[2], time(14), time(13)),
        (CHANGES[3], time(13), time(14)),
    ],
)
def test_two_in_the_afternoon_is_two_before_and_after(change, utc_before, utc_after):
    saturday, monday = change - timedelta(days=1), change + timedelta(days=1)
    before = goes_to(saturday, 5, 5, time(14), 60, LONDON).starts_at.time()
    after = goes_to(monday, 0, 0, time(14), 60, LONDON).starts_at.time()
    assert (before, after) == (utc_before, utc_after)


def test_a_shift_is_never_backwards():
    assert {shift(old, new) for old in range(7) for new in range(7)} == {timedelta(days=n) for n in range(7)}
