"""Numbers that another room keeps as its own defaults are those of the rule book."""

from clinic.classes.rules.capacity import DEFAULTS
from clinic.protocol.load import protocol


def test_the_default_class_sizes_are_those_of_the_rule_book() -> None:
    book = protocol().programme
    assert {level: (rule.maximum, rule.ratio, rule.minimum_staff) for level, rule in DEFAULTS.items()} == {
        "P1": (book.p1_class_to, book.p1_people_per_staff, 1),
        "high": (book.high_class_to, book.high_people_per_staff, book.high_staff_from),
        "intermediate": (
            book.intermediate_class_to,
            book.intermediate_people_per_staff,
            book.intermediate_staff_from,
        ),
        "low": (book.low_class_to, book.low_people_per_staff, 1),
    }
