"""The JSON Schema and the reader are written once and agree."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from clinic.referrals.rules.case import Case, CaseErrors, case_schema, parse_case
from clinic.referrals.rules.flags import FLAGS
from tests.referrals.rules.raw_cases import AS_OF, raw_cases
from tests.referrals.rules.worked_cases import changed, steady_patient, worked_cases

SCHEMA = jsonschema_rs.Draft202012Validator(case_schema())


@settings(max_examples=100, deadline=None)
@given(raw_cases)
def test_what_the_reader_takes_the_schema_takes(raw: dict[str, Any]) -> None:
    if isinstance(parse_case(raw, today=AS_OF), Case):
        assert SCHEMA.is_valid(raw)


@pytest.mark.parametrize(
    "case", [one for one in worked_cases() if "malformed" in one.expect], ids=lambda c: c.name
)
def test_what_the_schema_takes_fails_only_for_what_a_schema_cannot_say(case: Any) -> None:
    errors = parse_case(case.raw, today=AS_OF)
    assert isinstance(errors, CaseErrors)
    unsaid = ("future", "under 18", "before the patient", "not a day", "must be given", "a month or a year")
    nan = any(test.get("value") != test.get("value") for test in case.raw["tests"])
    if not nan and not all(any(word in error.text for word in unsaid) for error in errors.errors):
        assert not SCHEMA.is_valid(case.raw)


def test_the_schema_lists_every_flag() -> None:
    assert list(case_schema()["properties"]["flags"]["properties"]) == [flag.key for flag in FLAGS]


@pytest.mark.parametrize(
    "but",
    [
        {"person": None, "tests": None, "flags": None, "progress": None},
        {"person": "unknown", "tests": "unknown", "flags": "unknown"},
        {"pain.rest": "unknown", "fracture.levels": "unknown", "fracture.date": "unknown"},
        {"pain.rest": 3.0, "falls.count_12m": 0.0},
        {"fracture.cement": "no"},
        {"progress.phase_set": None},
        {"id": None},
        {"id": 7},
    ],
)
def test_not_known_can_be_written_in_any_of_three_ways(but: dict[str, Any]) -> None:
    raw = changed(steady_patient(), but)
    assert SCHEMA.is_valid(raw)
    assert isinstance(parse_case(raw, today=AS_OF), Case)


@pytest.mark.parametrize("value", [True, 1.5, [1], {}])
def test_an_id_is_text_or_a_whole_number(value: Any) -> None:
    errors = parse_case({"id": value}, today=AS_OF)
    assert isinstance(errors, CaseErrors)
    assert (errors.id, [error.path for error in errors.errors]) == (None, ["id"])
    assert not SCHEMA.is_valid({"id": value})


def test_cement_may_be_said_in_words() -> None:
    said = parse_case({"fracture": {"cement": "yes"}}, today=AS_OF)
    assert isinstance(said, Case) and said.fracture.cement is True
