"""What a person signs and what the engine does are the same numbers."""

import re

import pytest

from clinic.protocol.load import all_protocols
from clinic.protocol.model import Criterion
from clinic.protocol.numbers import TABLES

IN_WORDS = {2: "two", 3: "three", 4: "four", 6: "six", 12: "twelve", 42: "six weeks"}
CRITERIA = [
    criterion for book in all_protocols() for criterion in book.criteria.values() if criterion.threshold
]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_the_numbers_of_a_criterion_stand_in_its_statement(criterion: Criterion) -> None:
    said = criterion.statement.lower()
    for name, number in criterion.threshold.items():
        if name in TABLES:
            continue
        written = re.search(rf"(?<![\d.]){number:g}(?![\d.]\d)", said)  # type: ignore[str-format]
        assert written or IN_WORDS.get(number, "no word") in said, name  # type: ignore[call-overload]
