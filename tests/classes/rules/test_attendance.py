"""When absence, a pause, a long wait or a thin session plan goes to a person."""

from datetime import date, timedelta

import pytest

from clinic.classes.rules.attendance import (
    missed_in_a_row,
    missed_needs_a_task,
    parts_lacking,
    rescreen_due,
    still_wanted_due,
)
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import BANDS, PHASES

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


@pytest.mark.parametrize(
    ("targets", "lacking"),
    [
        (set(), ("resistance", "balance", "posture")),
        ({"strength"}, ("balance", "posture")),
        ({"strength", "balance"}, ("posture",)),
        ({"strength", "balance", "extensor"}, ()),
        ({"balance", "posture", "aerobic"}, ("resistance",)),
    ],
)
def test_a_session_of_one_kind_of_training_is_flagged(targets, lacking):
    assert parts_lacking(targets) == lacking


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("band", BANDS)
def test_the_library_lacks_no_part_in_any_phase_and_band(phase, band):
    targets = {target for item in library("2026-11").cell(phase, band) for target in item.exercise.target}
    assert parts_lacking(targets) == ()
