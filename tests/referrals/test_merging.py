"""Of two answers the more cautious stands, whoever comes second."""

from datetime import date

import pytest

from clinic.referrals.rules import merging
from clinic.referrals.rules.moves import next_date, working_days_later

CAUTIOUS = [
    ("pain.rest", 2, 5),
    ("pain.trend", "better", "worse"),
    ("pain.trend", "same", "worse"),
    ("falls.count_12m", 0, 2),
    ("falls.worried", False, True),
    ("mobility.walks_10m", True, False),
    ("mobility.needs_person", False, True),
    ("fracture.osteoporotic", True, False),
    ("fracture.date", "2026-03", "2026-04-02"),
    ("fracture.cause", "lifting", "fall"),
    ("fracture.confirmed_by", "xray", "not_confirmed"),
    ("flags.severe_pain", False, "explained"),
    ("flags.severe_pain", "explained", True),
    ("observations.systolic", 120, 190),
]


@pytest.mark.parametrize(("path", "calm", "cautious"), CAUTIOUS)
def test_the_more_cautious_stands_in_either_order(path, calm, cautious):
    assert merging.more_cautious(path, calm, cautious) == cautious
    assert merging.more_cautious(path, cautious, calm) == cautious


def test_where_neither_is_more_cautious_the_newer_stands():
    assert merging.more_cautious("fracture.levels", ["T12"], ["L1"]) == ["L1"]


def test_not_known_never_beats_what_is_known():
    assert merging.chosen("pain.rest", 2, None, old_source="referrer", new_source="measured") == 2
    assert merging.chosen("pain.rest", None, 2, old_source="referrer", new_source="patient") == 2


def test_putting_a_fact_leaves_the_old_case_alone():
    case = {"pain": {"rest": 2}}
    assert merging.put(case, "pain.rest", 3) == {"pain": {"rest": 3}}
    assert merging.put(case, "falls.worried", True)["falls"] == {"worried": True}
    assert case == {"pain": {"rest": 2}}


@pytest.mark.parametrize("path", ["pain.colour", "flags.hunger", "shoes.size", "pain"])
def test_a_path_that_no_case_has_is_refused(path):
    with pytest.raises(KeyError):
        merging.put({}, path, 1)


def test_a_whole_section_that_is_not_known_is_nothing():
    assert merging.facts_of({"pain": "unknown", "falls": {"count_12m": 1, "worried": None}}) == {
        "falls.count_12m": 1
    }
    assert merging.at({"pain": "unknown"}, "pain.rest") is None


def test_a_clinic_that_never_opens_still_gives_a_date():
    day = date(2026, 11, 23)
    assert next_date("waiting", day, lambda _: False) == date(2026, 11, 30)
    assert working_days_later(day, 3, lambda _: False) > day
