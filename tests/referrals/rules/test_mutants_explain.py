"""The words of `flask triage --explain`: the answer first, then why, then what is missing."""

from datetime import date

import pytest

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import parse_case
from clinic.referrals.rules.explain import OUTCOME_WORDS, explain
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.rules.triage import decide
from clinic.referrals.rules.words import Outcome

TODAY = date(2026, 11, 22)
STEADY = {
    "id": "A1",
    "person": {"birth_date": "1950-03-02", "sex": "female"},
    "fracture": {
        "date": "2026-07-01",
        "site": "vertebral",
        "cause": "lifting",
        "confirmed_by": "xray",
        "incidental": False,
        "osteoporotic": True,
    },
    "pain": {"rest": 1, "movement": 2, "trend": "better"},
    "mobility": {"walks_10m": True, "needs_person": False, "walking_aid": False},
    "falls": {
        "count_12m": 0,
        "injurious": False,
        "could_not_get_up": False,
        "lost_consciousness": False,
        "unsteady": False,
        "worried": False,
    },
    "tests": [{"name": "timed_up_and_go_s", "value": 8, "on": "2026-11-20"}],
    "flags": {flag.key: False for flag in FLAGS},
}


def lines(**changes) -> list[str]:
    case = {**STEADY, **{key: {**STEADY[key], **value} for key, value in changes.items()}}
    return explain(decide(parse_case(case, today=TODAY), protocol("2026-11")))


def heads(found: list[str]) -> list[str]:
    """Everything but the reasons, which are indented deeper."""
    return [line for line in found if not line.startswith("    ")]


def test_a_steady_case_reads_from_the_answer_down():
    assert heads(lines()) == [
        "A1: A group class is suggested. A person decides.",
        "  phase P2",
        "  supervision band low",
        "  gate group_start open from 2026-07-29",
        "  gate prone closed",
        "  gate bone_loading closed",
        "  gate impact closed",
        "  gate taught closed",
    ]


def test_a_reason_gives_fact_rule_and_source():
    assert (
        "    fracture.date = 2026-07-01: Three calendar months or more, and less than six, since the anchor "
        "date: phase 2. [PH-1.2, Exercise programme for a man with osteopenia and a lumbar fracture "
        "(AI-written, review pending), intermediate phase, 3 to 6 months, 2026]"
    ) in lines()


def test_what_is_open_says_for_now_and_between_what():
    found = heads(lines(falls={"worried": None}, fracture={"incidental": True, "osteoporotic": None}))
    assert "  phase P1, for now" in found
    assert "  supervision band intermediate (between low and intermediate), for now" in found
    assert "  missing: falls.worried" in found
    assert [line for line in found if line.startswith("  note to the GP: Fracture found by chance")]


def test_an_emergency_flag_that_is_unknown_is_called_about_the_same_day():
    found = heads(lines(flags={"cauda_equina": None}, pain={"rest": 5}))
    assert found[0] == "A1: Ask: facts are missing that could change the answer."
    assert found[1:3] == [
        "  also: Start one to one: too early or too sore for a group.",
        "  The call is due the same working day.",
    ]
    assert [line for line in found if line.startswith("  RF1 unknown, emergency: ")]
    assert "The call is due the same working day." not in "".join(lines())


def test_a_case_without_a_name_is_called_case():
    found = explain(decide(parse_case({**STEADY, "id": None}, today=TODAY), protocol("2026-11")))
    assert found[0].startswith("case: ")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_words(outcome):
    assert len(OUTCOME_WORDS[outcome]) > 20
    assert OUTCOME_WORDS[outcome].endswith(".")
