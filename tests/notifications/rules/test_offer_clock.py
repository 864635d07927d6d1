from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.notifications.rules.window import OfferKind, offer_expiry, second_text_at

LONDON = ZoneInfo("Europe/London")
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28)}
STANDING, SINGLE = OfferKind.STANDING, OfferKind.SINGLE


def working_day(day):
    return day.weekday() < 5 and day not in CHRISTMAS


def at(wall):
    return datetime.fromisoformat(wall).replace(tzinfo=LONDON)


def expiry(now, kind, start=None):
    found = offer_expiry(at(now), kind, start and at(start), LONDON, working_day)
    return found and f"{found.astimezone(LONDON):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("offered", "ends"),
    [
        ("2026-11-23 10:00", "2026-11-25 12:00"),
        ("2026-11-26 10:00", "2026-11-30 12:00"),
        ("2026-11-27 18:30", "2026-12-01 12:00"),
        ("2026-11-28 10:00", "2026-12-01 12:00"),
        ("2026-11-23 22:00", "2026-11-26 12:00"),
        ("2026-12-24 10:00", "2026-12-30 12:00"),
        ("2026-03-27 10:00", "2026-03-31 12:00"),
        ("2026-10-23 10:00", "2026-10-27 12:00"),
        ("2027-03-26 10:00", "2027-03-30 12:00"),
        ("2027-10-29 10:00", "2027-11-02 12:00"),
    ],
)
def test_a_standing_seat_waits_until_noon_two_working_days_later(offered, ends):
    assert expiry(offered, STANDING) == ends


@pytest.mark.parametrize(
    ("offered", "ends"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:00"),
        ("2026-11-23 16:00", "2026-11-23 18:00"),
        ("2026-11-23 17:30", "2026-11-24 10:30"),
        ("2026-11-23 18:30", "2026-11-24 11:00"),
        ("2026-11-23 07:00", "2026-11-23 11:00"),
        ("2026-11-27 17:00", "2026-11-30 10:00"),
        ("2026-10-23 17:00", "2026-10-26 10:00"),
    ],
)
def test_a_single_session_waits_two_hours_of_the_offer_clock(offered, ends):
    assert expiry(offered, SINGLE) == ends


def test_no_offer_outlives_an_hour_before_the_start():
    assert expiry("2026-11-23 10:00", SINGLE, "2026-11-23 12:30") == "2026-11-23 11:30"
    assert expiry("2026-11-23 10:00", STANDING, "2026-11-24 10:30") == "2026-11-24 09:30"


def test_under_45_minutes_to_answer_is_a_call():
    assert expiry("2026-11-23 10:00", SINGLE, "2026-11-23 11:45") == "2026-11-23 10:45"
    assert expiry("2026-11-23 10:01", SINGLE, "2026-11-23 11:45") is None


@pytest.mark.parametrize(
    ("freed", "starts", "ends"),
    [
        ("2026-11-27 08:05", "2026-11-27 10:30", "2026-11-27 09:30"),  # the story of design section 1
        ("2026-11-27 08:05", "2026-11-27 14:00", "2026-11-27 11:00"),  # two hours from 09:00
        ("2026-11-27 08:05", "2026-11-27 10:00", "2026-11-27 09:00"),
        ("2026-11-27 08:05", "2026-11-27 09:45", None),  # 40 minutes: ring
        ("2026-11-27 07:00", "2026-11-27 10:30", "2026-11-27 09:30"),  # leaves at 08:00
        ("2026-11-26 20:30", "2026-11-27 10:30", "2026-11-27 09:30"),  # leaves at 08:00 on the day itself
        ("2026-11-26 20:30", "2026-11-28 10:30", "2026-11-27 11:00"),  # the day between has everyday hours
        ("2026-11-28 08:05", "2026-11-28 10:30", "2026-11-28 09:30"),  # a Saturday class
        ("2026-11-27 19:10", "2026-11-27 21:00", "2026-11-27 20:00"),
        ("2026-11-27 20:10", "2026-11-27 22:30", None),
    ],
)
def test_a_seat_of_today_is_offered_from_eight(freed, starts, ends):
    assert expiry(freed, SINGLE, starts) == ends


def test_a_standing_seat_has_everyday_hours_even_on_the_day_of_its_first_session():
    assert expiry("2026-11-23 08:05", STANDING, "2026-11-23 10:30") is None


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(OfferKind), st.timedeltas(timedelta(), timedelta(days=14)))
def test_every_offer_leaves_time_to_answer_and_ends_before_the_start(now, kind, ahead):
    start = now + ahead
    ends = offer_expiry(now, kind, start, LONDON, working_day)
    if ends is not None:
        assert now + timedelta(minutes=45) <= ends <= start - timedelta(minutes=60)


@pytest.mark.parametrize(
    ("offered", "ends", "second"),
    [
        ("2026-11-23 10:01", "2026-11-25 12:00", "2026-11-24 10:00"),
        ("2026-11-26 10:00", "2026-11-30 12:00", "2026-11-27 10:00"),
        ("2026-12-24 09:00", "2026-12-29 12:00", "2026-12-24 10:00"),
        ("2026-03-27 09:00", "2026-03-30 12:00", "2026-03-27 10:00"),
    ],
)
def test_a_second_text_goes_at_ten_on_the_working_day_before(offered, ends, second):
    found = second_text_at(at(offered), at(ends), LONDON, working_day)
    assert found == at(second)


def test_there_is_no_second_text_before_the_first():
    assert second_text_at(at("2026-11-23 11:00"), at("2026-11-23 13:00"), LONDON, working_day) is None


def test_a_clinic_that_never_works_is_an_error_and_no_endless_loop():
    with pytest.raises(ValueError):
        offer_expiry(at("2026-11-23 10:00"), SINGLE, None, LONDON, lambda day: False)
