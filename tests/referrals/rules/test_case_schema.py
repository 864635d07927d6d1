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
    known, _ = case_schema()["properties"]["flags"]["anyOf"]
    assert list(known["properties"]) == [flag.key for flag in FLAGS]


@pytest.mark.parametrize(
    "but",
    [
        {"person": None, "tests": None, "flags": None, "progress": None},
        {"person": "unknown", "tests": "unknown", "flags": "unknown"},
        {"pain.rest": "unknown", "fracture.levels": "unknown", "fracture.date": "unknown"},
        {"pain.rest": 3.0, "falls.count_12m": 0.0},
        {"fracture.cement": "no"},
        {"progress.phase_set": None},
        {"progress.phase_set": {}},
        {"as_of": None},
        {"as_of": "unknown"},
        {"progress.phase_set": {"value": None, "on": "unknown"}},
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


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "case",
        5,
        {"tests": [5]},
        {"tests": [{}]},
        {"tests": 5},
        {"tests": {}},
        {"person": 5},
        {"flags": []},
        {"x": 1},
        {"person": "me"},
        {"tests": "none"},
    ],
)
def test_the_shape_of_a_case_is_said_by_the_schema_too(raw: Any) -> None:
    assert isinstance(parse_case(raw, today=AS_OF), CaseErrors)
    assert not SCHEMA.is_valid(raw)


def test_the_schema_says_which_draft_it_is_written_in() -> None:
    schema = case_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema" and schema["title"]
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize(
    ("raw", "path", "text"),
    [
        ({"y" * 61: 1}, "y" * 60, "unknown key"),
        ({"falls": {"y" * 61: 1}}, "falls." + "y" * 60, "unknown key"),
        ({"": 1}, '""', "unknown key"),
        ({"person": []}, "person", "must be an object"),
        ({"tests": {}}, "tests", "must be a list"),
        ({"tests": ["x"]}, "tests[0]", "must be an object"),
        ({"progress": {"phase_set": 3}}, "progress.phase_set", "must be an object"),
        ({"progress": {"phase_set": {"x": 3}}}, "progress.phase_set.x", "unknown key"),
        (
            {"progress": {"phase_set": {"value": "P9", "on": "2026-01-01"}}},
            "progress.phase_set.value",
            "must be P1, P2, P3 or unknown",
        ),
        ({"fracture": {"levels": ["T12", "T13"]}}, "fracture.levels[1]", "must be a vertebra, as T12"),
        ({"progress": {"taught": [" "]}}, "progress.taught[0]", "must be text"),
        ({"progress": {"taught": "E01"}}, "progress.taught", "must be a list"),
        ({"falls": {"worried": 1}}, "falls.worried", "must be true, false or unknown"),
        ({"flags": {"cancer": "yes"}}, "flags.cancer", "must be true, false, explained or unknown"),
        ({"person": {"sex": "f"}}, "person.sex", "must be female, male or unknown"),
        ({"pain": {"rest": "3"}}, "pain.rest", "must be a number"),
        ({"pain": {"rest": True}}, "pain.rest", "must be a number"),
        ({"as_of": "2026-02-30"}, "as_of", "is not a day of the calendar between 1900 and 2199"),
        ({"as_of": 20261122}, "as_of", "must be a full date, as 2026-11-22"),
        ({"person": {"birth_date": "2008-11-23"}}, "person.birth_date", "the patient is under 18"),
        ({"person": {"birth_date": "2026-11-22"}}, "person.birth_date", "the patient is under 18"),
        ({"id": True}, "id", "must be text or a whole number"),
    ],
)
def test_an_error_says_where_and_what_would_be_right(raw: Any, path: str, text: str) -> None:
    errors = parse_case(raw, today=AS_OF)
    assert isinstance(errors, CaseErrors)
    assert errors.to_json()["errors"] == [{"path": path, "text": text}]


def test_an_undecidable_day_does_not_hide_the_other_errors() -> None:
    errors = parse_case({"as_of": "soon", "pain": {"rest": 99}}, today=AS_OF)
    assert isinstance(errors, CaseErrors)
    assert [error.path for error in errors.errors] == ["as_of", "pain.rest"]
