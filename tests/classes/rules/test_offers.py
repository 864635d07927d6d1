"""What a reply takes, which moves an offer may make, and how long it stands."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.offers import (
    STANDING,
    VISIT,
    Answer,
    Line,
    answer,
    by_text,
    expires_at,
    move,
    second_text_at,
    weekday_named,
)

LONDON = ZoneInfo("Europe/London")
TUESDAY, FRIDAY = Line("tue", 1), Line("fri", 4)
BOTH = (TUESDAY, FRIDAY)
STATES = ("held", "accepted", "declined", "expired", "withdrawn")
EVENTS = ("accept", "decline", "expire", "withdraw")


def london(*when):
    return datetime(*when, tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("intent", "weekday", "then"),
    [
        ("confirm", None, Answer(takes=("tue", "fri"))),
        ("decline", None, Answer(releases=("tue", "fri"))),
        ("choose_day", 1, Answer(takes=("tue",), releases=("fri",))),
        ("choose_day", 4, Answer(takes=("fri",), releases=("tue",))),
        ("choose_day", 2, Answer(ask=True)),
        ("choose_day", None, Answer(ask=True)),
        ("done", None, Answer()),
        ("unclear", None, Answer()),
    ],
)
def test_a_reply_takes_all_or_a_day_or_nothing(intent, weekday, then):
    assert answer(BOTH, intent, weekday) == then


def test_a_day_that_two_lines_share_is_asked_about():
    assert answer((TUESDAY, Line("next-tue", 1, VISIT)), "choose_day", 1) == Answer(ask=True)


@given(
    st.lists(st.integers(0, 6), max_size=4),
    st.sampled_from(["confirm", "decline", "choose_day", "done", "unclear"]),
    st.none() | st.integers(0, 6),
)
def test_no_line_is_both_taken_and_released_and_none_is_forgotten(weekdays, intent, weekday):
    lines = [Line(str(number), day) for number, day in enumerate(weekdays)]
    then = answer(lines, intent, weekday)
    touched = sorted(then.takes + then.releases)
    assert touched in ([], [line.id for line in lines])
    assert not (then.ask and touched)


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_only_a_held_offer_moves(state, event):
    finals = {"accept": "accepted", "decline": "declined", "expire": "expired", "withdraw": "withdrawn"}
    assert move(state, event) == (finals[event] if state == "held" else None)


@pytest.mark.parametrize(
    ("text", "weekday"),
    [
        ("mon", 0),
        ("TUE", 1),
        (" Tuesday. ", 1),
        ("tues", 1),
        ("Weds", 2),
        ("wed", 2),
        ("Thurs", 3),
        ("friday!", 4),
        ("sat", 5),
        ("sunday", 6),
        ("mo", None),
        ("t", None),
        ("", None),
        ("tuesday please", None),
        ("not tuesday", None),
        ("mondayy", None),
    ],
)
def test_a_whole_reply_may_name_a_day(text, weekday):
    assert weekday_named(text) == weekday


FAR = london(2027, 3, 1, 10, 30)


@pytest.mark.parametrize(
    ("made", "lapses"),
    [
        ((2026, 11, 23, 9, 0), (2026, 11, 25, 12, 0)),
        ((2026, 11, 23, 23, 59), (2026, 11, 25, 12, 0)),
        ((2026, 11, 26, 16, 0), (2026, 11, 30, 12, 0)),
        ((2026, 11, 28, 9, 0), (2026, 12, 1, 12, 0)),
        ((2026, 12, 23, 9, 0), (2026, 12, 29, 12, 0)),
        ((2026, 10, 23, 9, 0), (2026, 10, 27, 12, 0)),
    ],
)
def test_a_standing_offer_lapses_at_noon_two_working_days_later(made, lapses):
    holidays = {date(2026, 12, 25), date(2026, 12, 28)}
    assert expires_at(STANDING, london(*made), FAR, LONDON, holidays) == london(*lapses)


@pytest.mark.parametrize(
    ("made", "lapses"),
    [
        ((2026, 11, 23, 8, 0), (2026, 11, 23, 11, 0)),
        ((2026, 11, 23, 9, 0), (2026, 11, 23, 11, 0)),
        ((2026, 11, 23, 16, 0), (2026, 11, 23, 18, 0)),
        ((2026, 11, 23, 16, 1), (2026, 11, 24, 9, 1)),
        ((2026, 11, 23, 17, 30), (2026, 11, 24, 10, 30)),
        ((2026, 11, 23, 18, 0), (2026, 11, 24, 11, 0)),
        ((2026, 11, 23, 23, 0), (2026, 11, 24, 11, 0)),
        ((2026, 10, 24, 17, 0), (2026, 10, 25, 10, 0)),
    ],
)
def test_a_visit_offer_lasts_two_hours_of_the_offer_clock(made, lapses):
    assert expires_at(VISIT, london(*made), FAR, LONDON) == london(*lapses)


@pytest.mark.parametrize("kind", [STANDING, VISIT])
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 10_000))
def test_no_offer_outlives_an_hour_before_the_start(kind, made, minutes):
    made_at = made.replace(tzinfo=UTC)
    starts_at = made_at + timedelta(minutes=minutes)
    assert expires_at(kind, made_at, starts_at, LONDON) <= starts_at - timedelta(minutes=60)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_a_visit_offer_lapses_while_the_offer_clock_runs(made):
    lapses = expires_at(VISIT, made.replace(tzinfo=UTC), FAR + timedelta(days=999), LONDON).astimezone(LONDON)
    assert 9 <= lapses.hour < 18 or (lapses.hour, lapses.minute, lapses.second) == (18, 0, 0)


@pytest.mark.parametrize(
    ("made", "start", "texted"),
    [
        ((2026, 11, 23, 9, 0), (2026, 11, 23, 10, 45), True),
        ((2026, 11, 23, 9, 0), (2026, 11, 23, 10, 44), False),
        ((2026, 11, 23, 7, 0), (2026, 11, 23, 10, 44), False),
        ((2026, 11, 23, 7, 0), (2026, 11, 23, 10, 45), True),
        ((2026, 11, 23, 17, 45), (2026, 11, 24, 10, 30), True),
        ((2026, 11, 23, 17, 45), (2026, 11, 24, 10, 29), False),
    ],
)
def test_with_under_45_minutes_left_it_is_a_call(made, start, texted):
    made_at = london(*made)
    lapses = expires_at(VISIT, made_at, london(*start), LONDON)
    assert by_text(made_at, lapses, LONDON) is texted


def test_the_second_text_goes_at_ten_on_the_working_day_before():
    made = london(2026, 11, 26, 16, 0)
    lapses = expires_at(STANDING, made, FAR, LONDON)
    assert second_text_at(made, lapses, LONDON) == london(2026, 11, 27, 10, 0)


@pytest.mark.parametrize(("hour", "minute", "texted"), [(9, 59, True), (10, 0, False)])
def test_there_is_no_second_text_at_the_moment_of_the_first(hour, minute, texted):
    lapses = london(2026, 11, 25, 12, 0)
    at = second_text_at(london(2026, 11, 24, hour, minute), lapses, LONDON)
    assert (at is not None) is texted


def test_an_offer_cut_short_by_its_start_has_no_second_text_before_it_was_made():
    made = london(2026, 11, 26, 16, 0)
    lapses = expires_at(STANDING, made, london(2026, 11, 27, 10, 30), LONDON)
    assert second_text_at(made, lapses, LONDON) is None
