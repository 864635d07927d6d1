"""The worked cases of tests/referrals/cases, each a person a clinician can picture."""

from datetime import date
from typing import Any

import pytest

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.triage import decide
from tests.referrals.rules.worked_cases import WorkedCase, worked_cases

TODAY = date(2026, 11, 22)
CASES = list(worked_cases())


def test_there_are_enough_of_them_and_no_two_share_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_case(case: WorkedCase) -> None:
    read = parse_case(case.raw, today=TODAY)
    if isinstance(read, CaseErrors):
        assert {"malformed": [error.path for error in read.errors]} == case.expect
        return
    answer = decide(read, protocol("2026-11")).to_json()
    seen = {key: SEEN[key](answer, wanted) for key, wanted in case.expect.items()}
    assert seen == case.expect, case.why


def _criteria(answer: dict[str, Any]) -> set[str]:
    parts = [answer["phase"], answer["band"], *answer["flags"], *answer["gates"].values()]
    return {reason["criterion"] for part in parts for reason in part["reasons"]}


def _for_now(part: dict[str, Any]) -> str:
    return part["value"] + (" for now" if part["provisional"] else "")


SEEN = {
    "malformed": lambda answer, wanted: "nothing",
    "outcome": lambda answer, wanted: answer["outcome"],
    "also": lambda answer, wanted: answer["also"],
    "phase": lambda answer, wanted: _for_now(answer["phase"]),
    "anchor": lambda answer, wanted: answer["phase"]["anchor"],
    "band": lambda answer, wanted: _for_now(answer["band"]),
    "between": lambda answer, wanted: [answer["band"]["floor"], answer["band"]["ceiling"]],
    "flags": lambda answer, wanted: {flag["id"]: flag["state"] for flag in answer["flags"]},
    "open": lambda answer, wanted: sorted(name for name, gate in answer["gates"].items() if gate["open"]),
    "from": lambda answer, wanted: {name: answer["gates"][name]["from"] for name in wanted},
    "missing": lambda answer, wanted: answer["missing"],
    "asks_for": lambda answer, wanted: sorted(set(wanted) & set(answer["missing"])),
    "because": lambda answer, wanted: [one for one in wanted if one in _criteria(answer)],
    "not_because": lambda answer, wanted: [one for one in wanted if one not in _criteria(answer)],
    "notes": lambda answer, wanted: len(answer["notes_to_gp"]),
}
