"""What pages and services read from a decision beside its published answer."""

from typing import Any

import pytest

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import parse_case
from clinic.referrals.rules.decision import Decision
from clinic.referrals.rules.explain import explain
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.triage import decide
from tests.referrals.rules.raw_cases import AS_OF
from tests.referrals.rules.worked_cases import changed, steady_patient


def _decide(**but: Any) -> Decision:
    case = parse_case(changed(steady_patient(), but), today=AS_OF)
    assert isinstance(case, Case)
    return decide(case, protocol("2026-11"))


@pytest.mark.parametrize("key", ["cauda_equina", "cord_or_nerve", "infection", "unstable_fracture"])
def test_an_unanswered_emergency_question_is_a_call_today(key: str) -> None:
    assert _decide(**{f"flags.{key}": None}).call_today
    assert not _decide(**{f"flags.{key}": True}).call_today


def test_any_other_question_can_wait_for_the_phone_screen() -> None:
    assert not _decide(**{"flags.cancer": None}).call_today
    assert not _decide(**{"falls.worried": None}).call_today


def test_contradictions_and_doubtful_values_are_there_to_check() -> None:
    odd = _decide(
        **{
            "fracture.cause": "fall",
            "fracture.cement_procedure_on": "2026-06-01",
            "tests": [{"name": "gait_speed_m_s", "value": 9, "on": "2026-10-15"}],
        }
    )
    assert {(reason.criterion.id, reason.fact) for reason in odd.to_check} == {
        ("FB-1.22", "tests.gait_speed_m_s = 9 on 2026-10-15"),
        ("FB-1.24", "falls.count_12m = 0 but fracture.cause = fall"),
        ("FB-1.24", "falls.injurious = false but fracture.cause = fall"),
        ("PH-1.13", "fracture.cement = false but fracture.cement_procedure_on = 2026-06-01"),
    }
    assert _decide().to_check == ()


def test_the_words_begin_with_the_answer_and_end_with_what_is_missing() -> None:
    lines = explain(_decide(**{"falls.worried": None, "flags.infection": None}))
    assert lines[0] == "steady: Ask: facts are missing that could change the answer."
    assert "  The call is due the same working day." in lines
    assert "  supervision band intermediate (between low and intermediate), for now" in lines
    assert lines[-2:] == ["  missing: falls.worried", "  missing: flags.infection"]


def test_the_words_never_speak_of_risk_or_prediction() -> None:
    said = "\n".join(explain(_decide(**{"falls.count_12m": 3, "flags.severe_pain": True}))).lower()
    assert "predict" not in said and "risk" not in said


@pytest.mark.parametrize(
    ("test", "criterion"),
    [
        ({"name": "timed_up_and_go_s", "value": 400, "on": "2026-10-15"}, "FB-1.25"),
        ({"name": "chair_stand_30s", "value": 15, "on": "2026-10-15"}, "FB-1.23"),
    ],
)
def test_a_doubtful_test_is_there_to_check(test: dict[str, Any], criterion: str) -> None:
    assert [reason.criterion.id for reason in _decide(tests=[test]).to_check] == [criterion]
