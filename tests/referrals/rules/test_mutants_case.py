"""What a malformed case is told, word for word where a person has to act on it."""

from datetime import date

import pytest

from clinic.referrals.rules.case import CaseErrors, parse_case

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"fracture": {"date": "2026-11-23"}}, [("fracture.date", "is in the future")]),
        ({"tests": {}}, [("tests", "must be a list")]),
        ({"tests": [7]}, [("tests[0]", "must be an object")]),
        ({"tests": [{"unable": True}]}, [("tests[0].name", "must be given")]),
        ([], [("$", "a case must be an object")]),
        ({"id": 1.5}, [("id", "must be text or a whole number")]),
        ({"shoes": 1}, [("shoes", "unknown key")]),
        ({"pain": 3}, [("pain", "must be an object")]),
    ],
)
def test_a_malformed_case_is_told_where_and_what(raw, told):
    found = parse_case(raw, today=TODAY)
    assert isinstance(found, CaseErrors)
    assert [(error.path, error.text) for error in found.errors] == told
