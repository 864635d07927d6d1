"""The dates of a weekly class over real clock changes, holidays and closures."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.calendar import add_working_days, instant, is_working_day, occurrences

LONDON = ZoneInfo("Europe/London")
SUNDAY, TUESDAY = 6, 1
zones = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe")]
)
days = st.dates(date(2025, 1, 1), date(2029, 12, 31))
wall_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def starts(weekday, at, first, last):
    return [one.starts_at for one in occurrences(weekday, at, 60, "Europe/London", first, last)]


@pytest.mark.parametrize(
    ("changes_on", "hour_before", "hour_after"),
    [
        (date(2026, 3, 29), 10, 9),
        (date(2026, 10, 25), 9, 10),
        (date(2027, 3, 28), 10, 9),
        (date(2027, 10, 31), 9, 10),
    ],
)
def test_a_class_keeps_its_wall_time_when_the_clocks_change(changes_on, hour_before, hour_after):
    week = timedelta(days=7)
    before, on, after = starts(SUNDAY, time(10, 30), changes_on - week, changes_on + week)
    assert (before.hour, on.hour, after.hour) == (hour_before, hour_after, hour_after)
    assert {one.astimezone(LONDON).time() for one in (before, on, after)} == {time(10, 30)}


@pytest.mark.parametrize(
    ("wall", "local"),
    [(time(0, 59), time(0, 59)), (time(1), time(2)), (time(1, 30), time(2, 30)), (time(2), time(2))],
)
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_a_time_the_clocks_jump_over_moves_forward_by_an_hour(day, wall, local):
    assert instant(day, wall, LONDON).astimezone(LONDON).time() == local


@pytest.mark.parametrize(
    ("wall", "utc_hour"), [(time(0, 59), 23), (time(1, 0), 0), (time(1, 30), 0), (time(2, 0), 2)]
)
@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 10, 31)])
def test_a_time_that_comes_twice_means_its_first_coming(day, wall, utc_hour):
    assert instant(day, wall, LONDON).hour == utc_hour


def test_a_fold_given_by_the_caller_changes_nothing():
    day = date(2026, 10, 25)
    assert instant(day, time(1, 30, fold=1), LONDON) == instant(day, time(1, 30), LONDON)


def test_a_class_lasts_its_real_minutes_through_a_clock_change():
    (night,) = occurrences(SUNDAY, time(0, 30), 120, LONDON, date(2026, 3, 29), date(2026, 3, 29))
    assert night.ends_at - night.starts_at == timedelta(minutes=120)
    assert night.ends_at.astimezone(LONDON).time() == time(3, 30)


def test_holidays_and_closures_are_listed_as_skipped():
    england = public_holidays.country_holidays("GB", subdiv="ENG", years=2026)
    found = occurrences(
        0, time(10), 60, LONDON, date(2026, 5, 4), date(2026, 5, 18), england, {date(2026, 5, 18)}
    )
    assert [one.skipped_reason for one in found] == ["holiday", None, "closure"]


@pytest.mark.parametrize(
    ("first", "last", "dates"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), 1),
        (date(2026, 11, 25), date(2026, 11, 30), 0),
        (date(2026, 11, 25), date(2026, 12, 1), 1),
        (date(2026, 12, 1), date(2026, 11, 24), 0),
    ],
)
def test_both_ends_of_the_span_are_included(first, last, dates):
    assert len(occurrences(TUESDAY, time(10, 30), 60, LONDON, first, last)) == dates


@pytest.mark.parametrize(("weekday", "minutes"), [(-1, 60), (7, 60), (0, 0)])
def test_a_class_that_cannot_be_is_refused(weekday, minutes):
    with pytest.raises(ValueError):
        occurrences(weekday, time(10), minutes, LONDON, date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize("weekday", [0, 6])
def test_the_shortest_class_lasts_a_minute(weekday):
    (only,) = occurrences(weekday, time(10), 1, LONDON, date(2026, 11, 23), date(2026, 11, 29))
    assert only.ends_at - only.starts_at == timedelta(minutes=1)


@given(st.integers(0, 6), wall_times, zones, days, st.integers(0, 200))
def test_every_week_has_one_date_on_the_right_weekday(weekday, at, zone, first, length):
    last = first + timedelta(days=length)
    found = [one.original_date for one in occurrences(weekday, at, 60, zone, first, last)]
    span = [first + timedelta(days=n) for n in range(length + 1)]
    assert found == [day for day in span if day.weekday() == weekday]


@given(st.integers(0, 6), wall_times, zones, days, st.integers(0, 100), st.integers(0, 100))
def test_a_rolling_horizon_finds_the_same_occurrences_as_one_long_look(weekday, at, zone, first, some, more):
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
    early = occurrences(weekday, at, 60, zone, first, middle)
    late = occurrences(weekday, at, 60, zone, middle + timedelta(days=1), last)
    assert early + late == occurrences(weekday, at, 60, zone, first, last)


@given(wall_times, zones, days)
def test_the_wall_time_is_kept_or_moved_forward_never_back(at, zone, day):
    local = instant(day, at, zone).astimezone(zone).replace(tzinfo=None)
    asked = datetime.combine(day, at)
    assert local - asked in {timedelta(0), timedelta(minutes=30), timedelta(hours=1)}


@given(wall_times, zones, days)
def test_every_instant_is_aware_utc(at, zone, day):
    assert instant(day, at, zone).tzinfo is UTC


CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28)}


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 26), 2, date(2026, 11, 30)),
        (date(2026, 11, 27), 2, date(2026, 12, 1)),
        (date(2026, 11, 28), 2, date(2026, 12, 1)),
        (date(2026, 12, 23), 2, date(2026, 12, 29)),
        (date(2026, 12, 29), -1, date(2026, 12, 24)),
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
    ],
)
def test_working_days_pass_over_weekends_and_holidays(day, count, then):
    assert add_working_days(day, count, CHRISTMAS) == then


@given(days, st.integers(1, 30))
def test_adding_working_days_lands_on_one_and_counts_them_all(day, count):
    then = add_working_days(day, count, CHRISTMAS)
    between = [day + timedelta(days=n) for n in range(1, (then - day).days + 1)]
    assert is_working_day(then, CHRISTMAS)
    assert sum(is_working_day(one, CHRISTMAS) for one in between) == count
