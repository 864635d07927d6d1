"""When somebody looks again: both sides of every day, and care that only ever rises by itself."""

from datetime import date, timedelta

import pytest

from clinic.protocol.load import protocol
from clinic.referrals.rules.reviews import (
    Level,
    course_reviews,
    less_care,
    more_care,
    phase_due,
    reassessment_due,
)
from clinic.referrals.rules.words import Band, Phase

BOOK, DAY = protocol("2026-11"), date(2026, 5, 4)
LOW, MIDDLE, HIGH = (Level(Phase.P2, band) for band in Band)
EARLY, LATE = Level(Phase.P1, Band.LOW), Level(Phase.P3, Band.LOW)


@pytest.mark.parametrize(
    ("held", "before", "after", "stands"),
    [
        (LOW, LOW, HIGH, HIGH),
        (LOW, LOW, MIDDLE, MIDDLE),
        (LOW, HIGH, HIGH, LOW),  # a physiotherapist chose less; nothing new speaks against it
        (MIDDLE, LOW, MIDDLE, MIDDLE),
        (HIGH, LOW, MIDDLE, HIGH),
        (HIGH, HIGH, LOW, HIGH),
        (LOW, LOW, EARLY, EARLY),
        (LOW, EARLY, EARLY, LOW),
        (LOW, LOW, LATE, LOW),
        (EARLY, LATE, LOW, EARLY),
    ],
)
def test_new_facts_take_effect_only_towards_more_care(held, before, after, stands):
    assert more_care(held, before, after) == stands


def test_a_higher_band_leaves_the_phase_and_an_earlier_phase_the_band():
    assert more_care(LOW, LOW, Level(Phase.P3, Band.HIGH)) == HIGH
    assert more_care(HIGH, HIGH, EARLY) == Level(Phase.P1, Band.HIGH)


@pytest.mark.parametrize(
    ("held", "before", "after", "asks"),
    [
        (HIGH, HIGH, MIDDLE, True),
        (HIGH, MIDDLE, MIDDLE, False),  # said already when a person chose more
        (LOW, HIGH, LOW, False),
        (LOW, LOW, HIGH, False),
        (LOW, LOW, LATE, True),
        (LOW, LATE, LATE, False),
        (LATE, LOW, LATE, False),
        (LOW, LOW, LOW, False),
    ],
)
def test_new_facts_for_less_care_wait_for_a_person(held, before, after, asks):
    assert less_care(held, before, after) is asks


@pytest.mark.parametrize(("days", "since"), [(89, None), (90, 90), (179, 90), (180, 180), (181, 180)])
def test_a_test_is_due_again_every_90_days(days, since):
    due = reassessment_due(DAY, DAY - timedelta(days=500), DAY + timedelta(days=days), BOOK)
    assert (due and due.since) == (DAY + timedelta(days=since) if since else None)
    assert due is None or (due.kind, due.criterion) == ("reassessment_due", "RV-1.1")


def test_without_any_test_the_days_count_from_confirming():
    due = reassessment_due(None, DAY, DAY + timedelta(days=90), BOOK)
    assert due and due.since == DAY + timedelta(days=90)


def test_a_phase_the_calendar_reached_after_confirming_is_reviewed_and_no_other():
    day_before, confirmed = DAY - timedelta(days=1), DAY
    due = phase_due(Phase.P2, Phase.P3, DAY + timedelta(days=1), confirmed)
    assert due and (due.kind, due.since, due.criterion) == (
        "phase_review_due",
        DAY + timedelta(days=1),
        "RV-1.2",
    )
    assert phase_due(Phase.P2, Phase.P3, DAY, confirmed) is None
    assert phase_due(Phase.P2, Phase.P3, day_before, confirmed) is None
    assert phase_due(Phase.P3, Phase.P3, DAY + timedelta(days=1), confirmed) is None
    assert phase_due(Phase.P3, Phase.P2, DAY + timedelta(days=1), confirmed) is None
    assert phase_due(Phase.P2, Phase.P3, None, confirmed) is None


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2026, 8, 3), []),
        (date(2026, 8, 4), ["review_3_months"]),
        (date(2026, 11, 3), ["review_3_months"]),
        (date(2026, 11, 4), ["review_3_months", "review_6_months"]),
    ],
)
def test_the_course_is_reviewed_three_and_six_calendar_months_after_the_first_class(today, kinds):
    found = list(course_reviews(DAY, today, BOOK))
    assert [one.kind for one in found] == kinds
    assert {one.criterion for one in found} <= {"DO-1.3"}


def test_no_course_has_begun_before_the_first_class():
    assert list(course_reviews(None, date(2030, 1, 1), BOOK)) == []
