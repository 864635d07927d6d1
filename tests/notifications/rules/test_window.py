from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.notifications.rules.window import (
    Purpose,
    due_at_reminder,
    is_allowed,
    needs_a_call,
    next_allowed,
    prompt_at,
    week_of,
    weekly_cap,
    window_for,
)

LONDON = ZoneInfo("Europe/London")
CLOCK_CHANGES = ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
HOURS = {
    Purpose.REMINDER: ("08:00", "20:00"),
    Purpose.PROMPT: ("09:00", "19:00"),
    Purpose.OFFER: ("09:00", "19:00"),
    Purpose.OFFER_SECOND: ("09:00", "19:00"),
    Purpose.WELCOME: ("09:00", "19:00"),
    Purpose.NUMBER_CHECK: ("09:00", "19:00"),
    Purpose.CHECK_IN: ("09:00", "19:00"),
    Purpose.STILL_WANTED: ("09:00", "19:00"),
    Purpose.REVIEW: ("09:00", "19:00"),
    Purpose.GOODBYE: ("09:00", "19:00"),
    Purpose.NOTICE: ("09:00", "19:00"),
    Purpose.CHANGE: ("09:00", "19:00"),
    Purpose.CANCELLATION: ("09:00", "19:00"),
}
ANY_HOUR = set(Purpose) - set(HOURS)


def at(wall):
    """Clinic wall time, "2026-11-25 10:30", as a moment."""
    return datetime.fromisoformat(wall).replace(tzinfo=LONDON)


def wall(moment):
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"


def test_only_answers_safety_and_what_staff_asked_for_leave_at_any_hour():
    assert sorted(ANY_HOUR) == ["alert_duty", "answer", "confirmation", "invitation", "safety"]


@pytest.mark.parametrize("purpose", HOURS)
@pytest.mark.parametrize("day", ["2026-01-15", "2026-07-15", *CLOCK_CHANGES])
def test_a_window_opens_and_shuts_by_the_clinics_wall_clock(purpose, day):
    opens, closes = (at(f"{day} {hour}") for hour in HOURS[purpose])
    second = timedelta(seconds=1)
    assert not is_allowed(opens - second, purpose, LONDON)
    assert is_allowed(opens, purpose, LONDON)
    assert is_allowed(closes - second, purpose, LONDON)
    assert not is_allowed(closes, purpose, LONDON)


@pytest.mark.parametrize("purpose", sorted(ANY_HOUR))
def test_answers_and_safety_wait_for_no_window(purpose):
    assert next_allowed(at("2026-11-25 03:10"), purpose, LONDON) == at("2026-11-25 03:10")


@pytest.mark.parametrize("purpose", [Purpose.CANCELLATION, Purpose.CHANGE])
def test_news_of_a_class_within_24_hours_may_go_from_7_to_21(purpose):
    start = at("2026-11-26 10:30")
    assert is_allowed(at("2026-11-26 07:00"), purpose, LONDON, start)
    assert is_allowed(at("2026-11-25 20:59"), purpose, LONDON, start)
    assert not is_allowed(at("2026-11-25 07:00"), purpose, LONDON, start)


def test_news_of_a_class_within_24_hours_is_rung_at_night():
    start = at("2026-11-26 10:30")
    assert needs_a_call(at("2026-11-25 21:00"), Purpose.CANCELLATION, LONDON, start)
    assert not needs_a_call(at("2026-11-25 20:59"), Purpose.CANCELLATION, LONDON, start)
    assert not needs_a_call(at("2026-11-24 21:00"), Purpose.CANCELLATION, LONDON, start)
    assert not needs_a_call(at("2026-11-25 23:00"), Purpose.REMINDER, LONDON, start)


def test_news_waits_no_longer_than_until_the_long_hours_begin():
    evening_before = at("2026-11-25 19:10")
    assert next_allowed(evening_before, Purpose.CHANGE, LONDON, at("2026-11-26 19:30")) == at(
        "2026-11-25 19:30"
    )


@given(MOMENTS, st.sampled_from(list(Purpose)), st.one_of(st.none(), MOMENTS))
def test_the_next_allowed_moment_is_allowed_and_never_earlier(moment, purpose, start):
    found = next_allowed(moment, purpose, LONDON, start)
    assert found >= moment
    assert is_allowed(found, purpose, LONDON, start)
    assert found - moment <= timedelta(hours=15)


@given(MOMENTS, st.sampled_from(list(Purpose)), st.floats(0.01, 0.99))
def test_no_earlier_moment_would_have_been_allowed(moment, purpose, share):
    found = next_allowed(moment, purpose, LONDON)
    between = moment + (found - moment) * share
    assert found == moment or not is_allowed(between, purpose, LONDON)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError):
        window_for(Purpose.REMINDER, None, datetime(2026, 11, 25, 10), LONDON)
    with pytest.raises(ValueError):
        due_at_reminder(datetime(2026, 11, 25, 10), LONDON)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-27 10:30", "2026-11-27 08:00"),
        ("2026-11-27 11:00", "2026-11-27 08:00"),
        ("2026-11-27 14:00", "2026-11-27 11:00"),
        ("2026-11-27 09:30", "2026-11-27 08:00"),
        ("2026-11-27 09:29", "2026-11-26 18:00"),
        ("2026-11-27 09:00", "2026-11-26 18:00"),
        ("2026-11-27 23:30", "2026-11-27 19:00"),
        ("2026-03-29 10:00", "2026-03-29 08:00"),
        ("2026-03-29 09:00", "2026-03-28 18:00"),
        ("2026-10-25 10:00", "2026-10-25 08:00"),
        ("2026-10-25 09:00", "2026-10-24 18:00"),
        ("2027-03-28 14:00", "2027-03-28 11:00"),
        ("2027-10-31 14:00", "2027-10-31 11:00"),
        ("2027-11-01 09:00", "2027-10-31 18:00"),
    ],
)
def test_a_reminder_is_due_by_the_clinics_wall_clock(start, due):
    assert wall(due_at_reminder(at(start), LONDON)) == due


@given(MOMENTS)
def test_a_reminder_always_leaves_90_minutes_and_falls_inside_its_window(start):
    due = due_at_reminder(start, LONDON)
    assert start - due >= timedelta(minutes=90)
    assert is_allowed(due, Purpose.REMINDER, LONDON)


@pytest.mark.parametrize("day", CLOCK_CHANGES)
def test_a_prompt_keeps_its_wall_time_over_a_clock_change(day):
    moments = [prompt_at(at(f"{day} 12:00").date() + timedelta(days=n), 10, LONDON) for n in (-1, 0, 1)]
    assert {wall(moment)[-5:] for moment in moments} == {"10:00"}
    assert {moments[1] - moments[0], moments[2] - moments[1]} != {timedelta(hours=24)}


@pytest.mark.parametrize("hour", [8, 19, 0, 24])
def test_a_prompt_outside_its_window_is_refused(hour):
    with pytest.raises(ValueError):
        prompt_at(datetime(2026, 11, 25).date(), hour, LONDON)


@pytest.mark.parametrize(
    ("moment", "monday", "next_monday"),
    [
        ("2026-03-29 23:59", "2026-03-23 00:00", "2026-03-30 00:00"),
        ("2026-10-26 00:00", "2026-10-26 00:00", "2026-11-02 00:00"),
    ],
)
def test_the_week_runs_monday_to_sunday_by_the_clinics_clock(moment, monday, next_monday):
    assert [wall(edge) for edge in week_of(at(moment), LONDON)] == [monday, next_monday]


def test_the_cap_drops_the_sixth_prompt_or_check_in_and_nothing_else():
    dropped = {purpose for purpose in Purpose if weekly_cap(purpose, 5)}
    assert dropped == {Purpose.PROMPT, Purpose.CHECK_IN}
    assert not any(weekly_cap(purpose, 4) for purpose in Purpose)


def test_a_clinic_may_choose_another_cap():
    assert weekly_cap(Purpose.PROMPT, 3, cap=3)


def test_hours_are_half_open():
    window = window_for(Purpose.PROMPT, None, at("2026-11-25 10:00"), LONDON)
    assert (window.holds(time(9)), window.holds(time(19))) == (True, False)
