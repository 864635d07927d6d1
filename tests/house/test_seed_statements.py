"""Each statement of the sources that needs a place has one: the page named is there and says so."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "seed-statements.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| statement")
]
LINK, WORDS = re.compile(r"\]\(([^)]+)\)"), re.compile(r"`([^`]+)`$")


def places(row):
    return [(PAGE.parent / link).resolve() for link in LINK.findall(row[1])]


def test_there_are_rows_to_look_at():
    assert len(ROWS) > 20
    assert all(len(row) == 3 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_statement_has_its_place_or_says_not_yet(row):
    if not places(row):
        assert "not yet" in row[1]
        return
    said = WORDS.search(row[2])
    assert said, "which words are met there?"
    assert any(said[1] in place.read_text(encoding="utf-8") for place in places(row))
