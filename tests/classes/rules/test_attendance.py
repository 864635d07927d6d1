"""When absence, a pause or a long wait goes to a person."""

from datetime import date, timedelta

import pytest

from clinic.classes.rules.attendance import (
    missed_in_a_row,
    missed_needs_a_task,
    rescreen_due,
    still_wanted_due,
)

MISSED, CAME, OURS, TOLD = "did_not_attend", "attended", "cancelled_by_service", "cancelled_by_patient"
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("statuses", "row"),
    [
        ([], 0),
        ([CAME], 0),
        ([MISSED], 1),
        ([MISSED, CAME], 0),
        ([CAME, MISSED], 1),
        ([MISSED, MISSED], 2),
        ([MISSED, OURS, MISSED], 2),
        ([MISSED, MISSED, OURS], 2),
        ([MISSED, TOLD, MISSED], 1),
        ([OURS, OURS], 0),
    ],
)
def test_only_silence_counts_and_our_own_cancelling_never_does(statuses, row):
    assert missed_in_a_row(statuses) == row


@pytest.mark.parametrize(("missed", "task"), [(1, False), (2, True), (3, True)])
def test_the_second_silence_in_a_row_opens_a_task(missed, task):
    assert missed_needs_a_task([CAME] + [MISSED] * missed) is task


@pytest.mark.parametrize(("days", "due"), [(27, False), (28, False), (29, True)])
def test_away_for_more_than_four_weeks_means_a_new_screen(days, due):
    assert rescreen_due(TODAY, TODAY + timedelta(days=days)) is due


@pytest.mark.parametrize(
    ("since", "asked", "due"), [(41, None, False), (42, None, True), (90, 41, False), (90, 42, True)]
)
def test_every_six_weeks_of_waiting_the_question_is_asked_again(since, asked, due):
    last = None if asked is None else TODAY - timedelta(days=asked)
    assert still_wanted_due(TODAY - timedelta(days=since), last, TODAY) is due
