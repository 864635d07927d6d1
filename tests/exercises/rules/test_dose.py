"""The reported dose against its target: what nobody reported does not count."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.exercises.rules.dose import (
    STRENGTH_EXERCISES,
    Report,
    course_dose,
    monday_of,
    strength_weeks,
    week_dose,
)
from clinic.exercises.rules.plan import plan
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import BANDS

MONDAY = date(2026, 11, 23)
WEDNESDAY, FRIDAY = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
SIX = frozenset({"E09", "E11", "E12", "E13", "E14", "E15"})


def of_class(on, minutes=60):
    return Report(on, "P2", minutes=minutes, class_strength=True)


def done(on, exercise="E11", phase="P2"):
    return Report(on, phase, exercises=frozenset({exercise}), strength=frozenset({exercise}))


def weeks_of_classes(count, first=MONDAY):
    mondays = (first + timedelta(weeks=number) for number in range(count))
    return [of_class(monday + timedelta(days=day)) for monday in mondays for day in (1, 4)]


@pytest.mark.parametrize(
    ("minutes", "full", "reached"),
    [([], 0, False), ([60], 1, False), ([60, 59], 1, False), ([60, 60], 2, True), ([60, 60, 60], 3, True)],
)
def test_two_days_of_sixty_minutes_reach_the_weekly_dose(minutes, full, reached):
    reports = [of_class(MONDAY + timedelta(days=2 * n), length) for n, length in enumerate(minutes)]
    week = week_dose(reports, MONDAY)
    assert (week.full_sessions, week.reached, week.minutes) == (full, reached, sum(minutes))


def test_minutes_of_one_day_add_up_and_two_sessions_on_one_day_count_once():
    week = week_dose([of_class(MONDAY, 40), of_class(MONDAY, 80)], MONDAY)
    assert (week.full_sessions, week.minutes) == (1, 120)


@pytest.mark.parametrize(("on", "minutes"), [(-1, 0), (0, 60), (6, 60), (7, 0)])
def test_a_week_runs_from_monday_to_sunday(on, minutes):
    assert week_dose([of_class(MONDAY + timedelta(days=on))], MONDAY).minutes == minutes


def test_one_done_is_one_exercise_and_no_dose():
    week = week_dose([done(MONDAY)], MONDAY)
    assert (week.exercises, week.minutes, week.strength_days) == (1, 0, 0)
    assert not week.reached and not week.strength_done


def test_the_same_exercise_reported_twice_in_a_day_counts_once():
    assert week_dose([done(MONDAY), done(MONDAY)], MONDAY).exercises == 1


@pytest.mark.parametrize(
    ("phase", "count", "counts"),
    [("P1", 2, 0), ("P1", 3, 1), ("P2", 5, 0), ("P2", 6, 1), ("P3", 5, 0), ("P3", 6, 1)],
)
def test_a_strength_day_needs_the_exercises_of_its_phase(phase, count, counts):
    report = Report(MONDAY, phase, strength=frozenset(sorted(SIX)[:count]))
    assert week_dose([report], MONDAY).strength_days == counts


def test_a_day_in_two_phases_asks_for_the_larger_number():
    reports = [Report(MONDAY, "P1", strength=frozenset({"E08", "E09"})), done(MONDAY, "E11", "P2")]
    assert week_dose(reports, MONDAY).strength_days == 0


def test_a_class_with_strength_is_a_strength_day_by_itself():
    assert week_dose([of_class(MONDAY)], MONDAY).strength_days == 1


@pytest.mark.parametrize("band", BANDS)
def test_the_first_phase_target_can_be_met_at_home_without_any_release(band):
    ids = frozenset(library("2026-11").exercises)
    home = {"firm_chair", "worktop"}
    made = plan(library("2026-11"), "P1", band, gates={"taught": True}, taught=ids, home=home)
    assert sum(item.exercise.needs_rest_day for item in made.items) >= STRENGTH_EXERCISES["P1"]


@pytest.mark.parametrize(("day", "weeks"), [(6, 0), (7, 1)])
def test_a_strength_week_counts_once_it_has_ended(day, weeks):
    reports = [of_class(MONDAY), of_class(WEDNESDAY)]
    assert strength_weeks(reports, MONDAY + timedelta(days=day)) == weeks


def test_strength_weeks_need_not_follow_each_other():
    reports = weeks_of_classes(2) + weeks_of_classes(2, MONDAY + timedelta(weeks=5)) + [of_class(MONDAY)]
    assert strength_weeks(reports, MONDAY + timedelta(weeks=9)) == 4


def test_a_week_with_one_strength_day_is_no_strength_week():
    assert strength_weeks([of_class(MONDAY)], MONDAY + timedelta(weeks=2)) == 0


@pytest.mark.parametrize(
    ("started", "today", "months"),
    [
        (date(2026, 1, 15), date(2026, 8, 14), 6),
        (date(2026, 1, 15), date(2026, 8, 15), 7),
        (date(2026, 7, 31), date(2027, 2, 27), 6),
        (date(2026, 7, 31), date(2027, 2, 28), 7),
        (date(2026, 7, 31), date(2026, 7, 1), 0),
    ],
)
def test_months_are_calendar_months_clipped_to_the_month_end(started, today, months):
    assert course_dose([], started, today).months == months


@pytest.mark.parametrize(
    ("weeks", "today", "reached"),
    [
        (30, MONDAY + timedelta(weeks=31), True),
        (29, MONDAY + timedelta(weeks=31), False),
        (30, date(2027, 6, 22), False),
        (30, date(2027, 6, 23), True),
    ],
)
def test_the_course_is_reached_after_seven_months_and_thirty_weeks_at_the_dose(weeks, today, reached):
    assert course_dose(weeks_of_classes(weeks), MONDAY, today).reached is reached


def test_the_course_shows_weeks_reached_among_weeks_finished():
    course = course_dose(weeks_of_classes(3), MONDAY, MONDAY + timedelta(weeks=5, days=2))
    assert (course.weeks_reached, course.weeks_finished, course.months) == (3, 5, 1)


@pytest.mark.parametrize(("first_class", "weeks"), [(0, 1), (1, 0)])
def test_the_course_counts_from_the_first_class_on(first_class, weeks):
    reports = [of_class(MONDAY), of_class(WEDNESDAY)]
    started = MONDAY + timedelta(days=first_class)
    assert course_dose(reports, started, MONDAY + timedelta(weeks=1)).weeks_reached == weeks


def test_in_the_first_week_no_week_has_finished():
    course = course_dose([of_class(MONDAY), of_class(WEDNESDAY)], MONDAY, FRIDAY)
    assert (course.weeks_reached, course.weeks_finished, course.months) == (0, 0, 0)


days = st.integers(0, 400).map(lambda n: MONDAY + timedelta(days=n))
exercises = st.frozensets(st.sampled_from(sorted(SIX)))
reports = st.lists(
    st.builds(
        Report,
        on=days,
        phase=st.sampled_from(["P1", "P2", "P3"]),
        minutes=st.integers(0, 90),
        exercises=exercises,
        strength=exercises,
        class_strength=st.booleans(),
    ),
    max_size=30,
)
LATER = MONDAY + timedelta(weeks=70)


@given(st.lists(st.tuples(days, st.sampled_from(sorted(SIX))), unique_by=lambda one: one[0], max_size=60))
def test_one_done_a_day_never_shows_a_dose_as_reached(told):
    said = [done(on, exercise) for on, exercise in told]
    assert strength_weeks(said, LATER) == 0
    assert course_dose(said, MONDAY, LATER).weeks_reached == 0


@given(reports, reports)
def test_one_more_report_never_lowers_a_dose_in_the_same_phase(some, more):
    fewer = [replace(one, phase="P2") for one in some]
    all_of_them = fewer + [replace(one, phase="P2") for one in more]
    assert strength_weeks(all_of_them, LATER) >= strength_weeks(fewer, LATER)
    reached = [course_dose(said, MONDAY, LATER).weeks_reached for said in (all_of_them, fewer)]
    assert reached[0] >= reached[1]


@given(reports, days)
def test_a_week_counts_what_was_reported_in_it_and_nothing_else(said, day):
    inside = [one for one in said if monday_of(one.on) == monday_of(day)]
    week = week_dose(said, monday_of(day))
    assert week == week_dose(inside, monday_of(day))
    assert week.minutes == sum(one.minutes for one in inside)
    assert week.full_sessions <= len({one.on for one in inside})


@given(reports, days)
def test_no_course_reaches_more_weeks_than_have_finished(said, today):
    course = course_dose(said, MONDAY, today)
    assert course.weeks_reached <= course.weeks_finished
