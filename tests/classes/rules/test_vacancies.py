from datetime import date, timedelta

import pytest

from clinic.classes.rules import lending
from clinic.classes.rules.vacancies import swept_from, to_lend

TODAY = date(2026, 11, 23)
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28)}


def working(day):
    return day.weekday() < 5 and day not in HOLIDAYS


@pytest.mark.parametrize(
    ("capacity", "taken", "standing_free", "lent"),
    [(12, 12, 0, 0), (12, 11, 0, 1), (12, 10, 2, 0), (12, 9, 2, 1), (8, 10, 0, 0), (12, 5, 7, 0)],
)
def test_a_date_is_lent_only_where_no_standing_seat_is_free(capacity, taken, standing_free, lent):
    assert to_lend(capacity, taken, standing_free) == lent


@pytest.mark.parametrize(
    ("entered", "swept"),
    [("2026-11-23", "2026-11-25"), ("2026-11-27", "2026-12-01"), ("2026-12-24", "2026-12-30")],
)
def test_a_new_person_is_placed_by_hand_for_two_working_days(entered, swept):
    assert swept_from(date.fromisoformat(entered), working) == date.fromisoformat(swept)


@pytest.mark.parametrize(("weeks", "ok"), [(0, False), (1, True), (12, True), (13, False)])
def test_a_seat_is_kept_for_twelve_weeks(weeks, ok):
    assert (lending.problem(TODAY, TODAY, TODAY + timedelta(weeks=weeks)) is None) is ok


def test_putting_a_return_off_counts_from_the_first_day_away():
    away_since = TODAY - timedelta(weeks=10)
    assert lending.problem(away_since, TODAY, TODAY + timedelta(weeks=2)) is None
    assert "12 weeks" in str(lending.problem(away_since, TODAY, TODAY + timedelta(weeks=3)))


def test_an_overdue_return_lends_one_week_at_a_time():
    assert lending.lent_until(TODAY, TODAY + timedelta(days=9)) == TODAY + timedelta(days=9)
    assert lending.lent_until(TODAY, TODAY - timedelta(days=3)) == TODAY + timedelta(days=7)
