"""Every number the rule book may hold, with the range outside which a file is refused."""

from dataclasses import dataclass, field, fields
from typing import Any


def _number(low: float, high: float) -> Any:
    return field(metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The thresholds the engine reads; each stands in exactly one criterion of the protocol file.

    `_from` and `_to` include the number itself, `_below` and `_above` do not.
    """

    # PH-1, in calendar months
    p2_from_months: int = _number(1, 12)
    p3_from_months: int = _number(2, 24)
    # FB-1
    falls_high_from: int = _number(1, 10)
    falls_window_months: int = _number(1, 36)
    stay_independent_from: int = _number(1, 14)
    tug_abnormal_from_s: float = _number(5, 60)
    gait_abnormal_to_m_s: float = _number(0.1, 2)
    chair_stand_from_ages: tuple[int, ...] = _number(18, 120)
    chair_stand_men: tuple[int, ...] = _number(1, 60)
    chair_stand_women: tuple[int, ...] = _number(1, 60)
    chair_stand_to_age: int = _number(60, 120)
    tandem_abnormal_below_s: float = _number(1, 60)
    frail_from_cfs: int = _number(2, 9)
    fit_to_cfs: int = _number(1, 8)
    test_current_days: int = _number(1, 730)
    tug_least_s: float = _number(0, 10)
    tug_most_s: float = _number(60, 3600)
    gait_most_m_s: float = _number(1, 10)
    tandem_most_s: float = _number(10, 3600)
    chair_stand_most: int = _number(20, 200)
    # GS-1 and GT-1, in days after the anchor, points of pain, completed weeks
    group_from_day: int = _number(0, 365)
    group_rest_pain_to: int = _number(0, 10)
    group_movement_pain_to: int = _number(0, 10)
    prone_release_from_day: int = _number(0, 365)
    bone_strength_weeks: int = _number(1, 52)
    # red flags: years, vertebrae, points of pain, days, mmHg, beats a minute
    secondary_cause_below_age: int = _number(18, 100)
    secondary_cause_from_levels: int = _number(2, 10)
    severe_pain_from: int = _number(1, 10)
    same_pain_from_day: int = _number(1, 365)
    systolic_high_from: int = _number(120, 250)
    diastolic_high_from: int = _number(70, 150)
    pulse_high_above: int = _number(60, 200)
    systolic_low_below: int = _number(50, 120)
    pulse_low_below: int = _number(20, 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The numbers of classes, doses and reviews, for the rooms and pages that follow the engine."""

    # RV-1
    pain_rise_from: int = _number(1, 5)
    pain_rise_hours: int = _number(1, 168)
    rescreen_after_weeks: int = _number(1, 26)
    second_look_one_in: int = _number(1, 1000)
    # SV-1: people in a class, people to one member of staff, least staff
    p1_class_to: int = _number(1, 30)
    p1_people_per_staff: int = _number(1, 30)
    high_class_to: int = _number(1, 30)
    high_people_per_staff: int = _number(1, 30)
    high_staff_from: int = _number(1, 5)
    intermediate_class_to: int = _number(1, 30)
    intermediate_people_per_staff: int = _number(1, 30)
    intermediate_staff_from: int = _number(1, 5)
    low_class_to: int = _number(1, 40)
    low_people_per_staff: int = _number(1, 30)
    # DO-1 and MV-1
    session_minutes: int = _number(20, 120)
    classes_a_week_to: int = _number(1, 5)
    course_months: int = _number(1, 24)
    first_review_month: int = _number(1, 12)
    renewal_month: int = _number(1, 24)
    course_months_to: int = _number(1, 60)
    rest_hours: int = _number(12, 72)
    strength_days: int = _number(1, 5)
    strength_exercises_from: int = _number(1, 12)
    strength_exercises_to: int = _number(1, 12)
    balance_minutes: int = _number(5, 60)
    slot_minutes: int = _number(10, 120)
    spine_sparing_months: int = _number(1, 60)


_ALL = (*fields(Numbers), *fields(Programme))
ENGINE_NAMES = frozenset(f.name for f in fields(Numbers))
RANGES: dict[str, tuple[float, float]] = {f.name: (f.metadata["low"], f.metadata["high"]) for f in _ALL}
TABLES = frozenset(f.name for f in _ALL if f.type == tuple[int, ...])
DECIMALS = frozenset(f.name for f in _ALL if f.type is float)
