"""What a session holds: resistance, balance and posture, or it is flagged."""

import pytest

from clinic.classes.rules.session_plan import part_of, parts_lacking
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import BANDS, PHASES


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


def test_an_exercise_is_shown_under_its_first_part():
    assert [part_of(t) for t in ({"strength", "balance"}, {"extensor"}, {"aerobic"})] == [
        "resistance",
        "posture",
        "also",
    ]
