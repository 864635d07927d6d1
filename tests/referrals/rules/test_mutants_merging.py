"""Every fact that can differ between two people, with the answer that asks for more care."""

import pytest

from clinic.referrals.rules import merging
from clinic.referrals.rules.case_fields import SECTIONS

# path: answers from the least to the most cautious
LADDERS = {
    "mobility.needs_person": (False, True),
    "mobility.walking_aid": (False, True),
    "mobility.walks_10m": (True, False),
    "falls.injurious": (False, True),
    "falls.could_not_get_up": (False, True),
    "falls.lost_consciousness": (False, True),
    "falls.unsteady": (False, True),
    "falls.worried": (False, True),
    "falls.count_12m": (0, 1, 2),
    "falls.stay_independent": (3, 4),
    "frailty.frail": (False, True),
    "frailty.clinical_frailty_scale": (4, 5),
    "fracture.incidental": (False, True),
    "fracture.cement": (False, True),
    "fracture.osteoporotic": (True, False),
    "fracture.healed_on_imaging": (True, False),
    "fracture.cause": ("none", "lifting", "other_low_trauma", "fall", "high_trauma"),
    "fracture.confirmed_by": ("dxa_vfa", "xray", "ct", "mri", "not_confirmed"),
    "fracture.date": ("2026-01", "2026-02-01", "2026"),
    "fracture.cement_procedure_on": ("2026-01", "2026-02-01"),
    "progress.stabilised": (True, False),
    "pain.rest": (2, 3),
    "pain.movement": (2, 3),
    "pain.trend": ("better", "same", "worse"),
    "observations.systolic": (120, 121),
    "observations.diastolic": (70, 71),
    "observations.pulse": (70, 71),
    "flags.cancer": (False, "explained", True),
}
# who says it last is right: no answer of these asks for more care than another
NEWER_STANDS = {
    "person.birth_date": ("1950-03-02", "1951-03-02"),
    "person.sex": ("female", "male"),
    "fracture.site": ("vertebral", "hip"),
    "fracture.levels": (["T12"], ["L1"]),
    "fracture.reported_on": ("2026-02-01", "2026-03-01"),
    "fracture.dated_by": ("referrer", "imaging"),
    "progress.strength_weeks": (1, 4),
    "progress.released": (["prone"], ["impact"]),
    "progress.taught": (["E01"], ["E02"]),
    "observations.on": ("2026-02-01", "2026-03-01"),
}
STEPS = [
    (path, calm, cautious)
    for path, answers in LADDERS.items()
    for calm, cautious in zip(answers, answers[1:], strict=False)
]


@pytest.mark.parametrize(("path", "calm", "cautious"), STEPS)
def test_the_answer_that_asks_for_more_care_stands_in_either_order(path, calm, cautious):
    assert merging.more_cautious(path, calm, cautious) == cautious
    assert merging.more_cautious(path, cautious, calm) == cautious


@pytest.mark.parametrize("path", NEWER_STANDS)
def test_where_neither_asks_for_more_the_newer_stands_in_either_order(path):
    one, other = NEWER_STANDS[path]
    assert merging.more_cautious(path, one, other) == other
    assert merging.more_cautious(path, other, one) == one


def test_every_fact_of_a_case_is_one_or_the_other():
    facts = {f"{name}.{key}" for name, (_, fields) in SECTIONS.items() for key in fields}
    assert facts | {"flags.cancer"} == set(LADDERS) | set(NEWER_STANDS)


def test_a_word_of_no_ladder_counts_as_the_least():
    assert merging.more_cautious("pain.trend", "better", "odd") == "better"
    assert merging.more_cautious("pain.trend", "odd", "better") == "better"


@pytest.mark.parametrize(
    ("old_source", "new_source", "stands"),
    [
        ("patient", "patient", 1),
        ("referrer", "measured", 1),
        ("referrer", "patient", 5),
        ("measured", "carer", 5),
    ],
)
def test_the_same_person_and_a_measurement_may_take_an_answer_back(old_source, new_source, stands):
    assert merging.chosen("pain.rest", 5, 1, old_source=old_source, new_source=new_source) == stands


def test_a_fact_is_read_at_its_path_and_a_section_as_a_whole():
    case = {"pain": {"rest": 2, "trend": "unknown"}, "tests": [1], "falls": "unknown"}
    assert merging.at(case, "pain.rest") == 2
    assert merging.at(case, "pain.trend") is None
    assert merging.at(case, "tests") == [1]
    assert merging.at(case, "falls") is None
    assert merging.at(case, "frailty.frail") is None


def test_known_facts_are_listed_by_path_without_tests_and_unknowns():
    case = {
        "id": 7,
        "pain": {"rest": 2, "trend": "unknown", "movement": None},
        "flags": {"cancer": False},
        "progress": {"stabilised": True, "phase_set": {"value": "P2", "on": "2026-03-01"}},
        "tests": [{"name": "timed_up_and_go_s"}],
        "wishes": {"days": [1]},
    }
    assert merging.facts_of(case) == {"pain.rest": 2, "flags.cancer": False, "progress.stabilised": True}
    assert merging.put({"pain": "unknown"}, "pain.rest", 1) == {"pain": {"rest": 1}}
