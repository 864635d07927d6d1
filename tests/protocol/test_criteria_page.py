"""docs/clinical-safety/criteria.md against the rule book, the exercise library and the worked cases."""

import re
from pathlib import Path

import pytest

from clinic.protocol.exercise_library import library
from clinic.protocol.load import protocol
from tests.referrals.rules.worked_cases import worked_cases

PAGE = (Path(__file__).parents[2] / "docs/clinical-safety/criteria.md").read_text(encoding="utf-8")
# Rules of the service around the engine, or of the command; each is tested where it lives.
NOT_IN_CASES = {"A5", "A7", "A9"}


def _rows(heading: str) -> list[list[str]]:
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


COMPONENTS = _rows("1. Components")
STATEMENTS = _rows("3. Statements")
RULES = _rows("4. Working rules")
ALL = [*COMPONENTS, *_rows("2. Where"), *STATEMENTS, *RULES]


def test_all_43_components_are_there_once_and_in_order() -> None:
    assert [row[0] for row in COMPONENTS] == [str(number) for number in range(1, 44)]


def test_all_33_working_rules_are_there_once_and_in_order() -> None:
    assert [row[0] for row in RULES] == [f"A{number}" for number in range(1, 34)]


@pytest.mark.parametrize("row", ALL, ids=lambda row: row[0])
def test_what_a_row_names_exists(row: list[str]) -> None:
    book = library()
    known = {*protocol().criteria, *book.exercises, *book.prompts}
    named = [name for name in row[-1].split(", ") if name]
    assert set(named) <= known
    assert named or "because" in row[-2] or row[0] == "A28"


def test_every_advice_dose_and_gate_of_the_rule_book_has_a_row() -> None:
    named = {name for row in ALL for name in row[-1].split(", ")}
    listed = {one for one in protocol().criteria if one.split("-")[0] in ("AD", "AS", "DO", "GT", "MV")}
    assert listed <= named, "criteria nobody can trace to a source statement"


@pytest.mark.parametrize("rule", [row[0] for row in RULES if row[0] not in NOT_IN_CASES])
def test_every_rule_of_the_engine_has_a_worked_case(rule: str) -> None:
    assert any(re.search(rf"\b{rule}\b", case.why) for case in worked_cases())
