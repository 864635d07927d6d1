"""Which one exercise a text names on a day, and on which days there is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.exercises.rules.plan import (
    STANDING_AT_HOME,
    Plan,
    Prompted,
    day_set,
    plan,
    prompt_days,
    prompt_for,
)
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import BANDS, HOME_NEEDS, PHASES

LIBRARY = library("2026-11")
EVERY_ID = frozenset(LIBRARY.exercises)
MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=n) for n in range(1, 7))
WEEK = timedelta(days=7)
OPEN = {"prone": True, "bone_loading": True, "taught": True}


def made(phase="P2", band="low", taught=EVERY_ID):
    return plan(LIBRARY, phase, band, gates=OPEN, taught=taught, released={STANDING_AT_HOME}, home=HOME_NEEDS)


FULL = made()
GENTLE, STRENGTH = made(taught={"E04"}), made(taught={"E11"})
days = st.integers(0, 27).map(lambda n: MONDAY + timedelta(days=n))
plans = st.builds(
    made, st.sampled_from(PHASES), st.sampled_from(BANDS), st.frozensets(st.sampled_from(sorted(EVERY_ID)))
)
class_days = st.frozensets(days, max_size=8)


def named(day, a_plan, classes=(), told=()):
    item = prompt_for(day, a_plan, classes, told).item
    return item and item.exercise.id


@pytest.mark.parametrize(
    ("a_plan", "classes", "told", "suspended", "reason"),
    [
        (FULL, (), (), "new fracture", "suspended"),
        (FULL, {MONDAY}, (), None, "class_day"),
        (FULL, (), [Prompted(MONDAY, "E04")], None, "already"),
        (Plan((), ()), (), (), None, "nothing_to_do"),
        (STRENGTH, {TUESDAY}, (), None, "rest"),
    ],
)
def test_a_day_without_a_prompt_says_why(a_plan, classes, told, suspended, reason):
    prompt = prompt_for(MONDAY, a_plan, classes, told, suspended)
    assert (prompt.item, prompt.reason) == (None, reason)


@pytest.mark.parametrize(
    ("day", "exercise_id"), [(MONDAY, "E11"), (TUESDAY, None), (THURSDAY, None), (FRIDAY, "E11")]
)
def test_strength_rests_on_the_day_before_and_after_a_class(day, exercise_id):
    assert named(day, STRENGTH, {WEDNESDAY}) == exercise_id


@pytest.mark.parametrize("day", [TUESDAY, THURSDAY])
def test_posture_goes_on_beside_a_class_day(day):
    assert named(day, GENTLE, {WEDNESDAY}) == "E04"


@pytest.mark.parametrize(("told_on", "exercise_id"), [(MONDAY, "E11"), (TUESDAY, None), (THURSDAY, None)])
def test_strength_is_not_named_on_two_days_running(told_on, exercise_id):
    assert named(WEDNESDAY, STRENGTH, told=[Prompted(told_on, "E11")]) == exercise_id


@pytest.mark.parametrize(
    ("classes", "exercise_id"),
    [
        ((), "E11"),
        ({TUESDAY}, "E11"),
        ({MONDAY, WEDNESDAY}, "E04"),
        ({MONDAY - WEEK, WEDNESDAY - WEEK}, "E11"),
        ({MONDAY, MONDAY + WEEK}, "E11"),
        ({MONDAY, SUNDAY}, "E04"),
    ],
)
def test_strength_comes_first_until_the_week_holds_two_strength_days(classes, exercise_id):
    both = made(taught={"E04", "E11"})
    assert named(FRIDAY, both, classes, [Prompted(SUNDAY - WEEK, "E11")]) == exercise_id


def test_the_exercise_named_longest_ago_comes_next():
    gentle = made(taught={"E04", "E16", "E26"})
    told = [Prompted(MONDAY, "E16"), Prompted(TUESDAY, "E04"), Prompted(WEDNESDAY, "E26")]
    assert named(THURSDAY, gentle, (), told) == "E16"
    assert named(THURSDAY, gentle, (), told[:2]) == "E26"


def test_every_gentle_exercise_has_its_turn_before_any_comes_again():
    gentle = made(taught={"E04", "E16", "E26", "E27"})
    turns = [item.exercise.id for _, item in prompt_days(MONDAY, SUNDAY, gentle, ())]
    assert turns == ["E04", "E16", "E26", "E27", "E04", "E16", "E26"]


def test_the_full_set_of_a_free_day_holds_at_most_eight_strength_exercises():
    chosen = day_set(MONDAY, made("P3", "intermediate"), ())
    assert sum(item.exercise.needs_rest_day for item in chosen) == 8


@pytest.mark.parametrize("classes", [{MONDAY}, {TUESDAY}])
def test_the_set_of_a_class_day_or_rest_day_leaves_strength_out(classes):
    chosen = day_set(MONDAY, FULL, classes)
    assert chosen and not any(item.exercise.needs_rest_day for item in chosen)


def test_the_exercise_of_the_text_stands_in_the_set_of_every_day_before_and_after_it_is_sent():
    nine = made("P3", "intermediate")
    told = []
    for day, item in prompt_days(MONDAY, MONDAY + timedelta(days=27), nine, ()):
        assert item in day_set(day, nine, (), told)
        told.append(Prompted(day, item.exercise.id))
        assert item in day_set(day, nine, (), told)


@given(plans, class_days)
def test_a_month_of_prompts_keeps_every_rule(a_plan, classes):
    sent = prompt_days(MONDAY, MONDAY + timedelta(days=27), a_plan, classes)
    dates = [day for day, _ in sent]
    assert len(set(dates)) == len(dates)
    assert not set(dates) & classes
    assert all(item in a_plan.items for _, item in sent)
    loaded = {day for day, item in sent if item.exercise.needs_rest_day} | classes
    for day, item in sent:
        if item.exercise.needs_rest_day:
            assert not loaded & {day - timedelta(days=1), day + timedelta(days=1)}


@given(plans, class_days, days)
def test_the_same_day_and_history_always_name_the_same_exercise(a_plan, classes, day):
    before = prompt_days(MONDAY, day - timedelta(days=1), a_plan, classes)
    told = [Prompted(on, item.exercise.id) for on, item in before]
    assert prompt_for(day, a_plan, classes, told) == prompt_for(day, a_plan, sorted(classes), reversed(told))


@given(plans, class_days, days)
def test_nothing_is_ever_named_while_suspended(a_plan, classes, day):
    assert prompt_days(MONDAY, day, a_plan, classes, suspended="alert") == ()


@given(plans, class_days, days)
def test_a_prompt_or_a_reason_and_never_both(a_plan, classes, day):
    prompt = prompt_for(day, a_plan, classes, ())
    assert (prompt.item is None) is (prompt.reason is not None)
