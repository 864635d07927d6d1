"""An unsigned rule book is used for patients only while a named person answers for it (F27)."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from clinic.protocol.load import protocol
from clinic.protocol.sign_off import BadWaiver, Waiver, banner, new_waiver, refusal, waiver

BOOK, TODAY = protocol("2026-11"), date(2026, 11, 22)
SIGNED = replace(
    BOOK,
    criteria=MappingProxyType(
        {i: replace(c, approved_by="Dr A", approved_on=TODAY) for i, c in BOOK.criteria.items()}
    ),
)
GIVEN = Waiver("Dr Amara Bello", "Pilot with two practices.", TODAY)


def test_a_signed_rule_book_needs_nobodys_permission_and_no_banner():
    assert refusal(SIGNED, None, TODAY) is None
    assert banner(SIGNED, None, TODAY) is None


def test_an_unsigned_one_is_refused_without_a_name_and_says_what_is_missing():
    said = refusal(BOOK, None, TODAY) or ""
    assert "who answers for running unsigned, why, and until when" in said
    assert "nobody can be accepted" in (banner(BOOK, None, TODAY) or "")


def test_a_permission_holds_on_its_last_day_and_not_the_day_after():
    assert refusal(BOOK, GIVEN, TODAY) is None
    assert "ended on 22 November 2026" in (refusal(BOOK, GIVEN, TODAY + timedelta(days=1)) or "")


def test_the_banner_names_who_answers_until_when_and_why():
    assert banner(BOOK, GIVEN, TODAY) == (
        "The rules of 2026-11 need clinical sign-off. Dr Amara Bello answers for running unsigned until "
        "22 November 2026: Pilot with two practices."
    )
    assert "nobody can be accepted" in (banner(BOOK, GIVEN, TODAY + timedelta(days=1)) or "")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        {"name": "A", "reason": "B"},
        {"name": " ", "reason": "B", "until": "2026-12-01"},
        {"name": "A", "reason": " ", "until": "2026-12-01"},
        {"name": "A", "reason": "B", "until": "soon"},
        {"name": "A", "reason": "B", "until": None},
    ],
)
def test_half_a_permission_is_none(raw):
    assert waiver(raw) is None


def test_a_permission_is_kept_as_it_was_given():
    assert waiver(GIVEN.to_json()) == GIVEN


@pytest.mark.parametrize(
    ("field", "name", "reason", "until"),
    [
        ("name", " ", "why", TODAY),
        ("reason", "A", "", TODAY),
        ("until", "A", "why", TODAY),
        ("until", "A", "why", None),
    ],
)
def test_a_permission_needs_a_name_a_reason_and_a_day_to_come(field, name, reason, until):
    with pytest.raises(BadWaiver) as problem:
        new_waiver(name, reason, until, TODAY)
    assert problem.value.field == field


def test_tomorrow_is_a_day_to_come():
    assert new_waiver(" Dr A ", " why ", TODAY + timedelta(days=1), TODAY).name == "Dr A"
