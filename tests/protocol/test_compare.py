"""Two rule books compared: what was added, dropped, and which part of a criterion changed."""

from dataclasses import replace
from types import MappingProxyType

from clinic.protocol.compare import compare
from clinic.protocol.load import protocol

BOOK = protocol("2026-11")


def with_criteria(**changed):
    """The book with some criteria replaced; None drops one."""
    criteria = {
        **BOOK.criteria,
        **{key.replace("_", "-", 1).replace("_", "."): c for key, c in changed.items()},
    }
    return replace(BOOK, id="newer", criteria=MappingProxyType({k: c for k, c in criteria.items() if c}))


def test_a_book_does_not_differ_from_itself():
    assert compare(BOOK, BOOK) == []


def test_a_changed_number_is_named_with_both_values():
    newer = with_criteria(FB_1_11=replace(BOOK.criteria["FB-1.11"], threshold=MappingProxyType({"x": 14})))
    (change,) = compare(BOOK, newer)
    assert (change.id, change.kind, change.parts) == ("FB-1.11", "changed", ("threshold",))
    assert change.before.threshold["tug_abnormal_from_s"] == 12


def test_a_signature_is_a_change_of_its_own():
    signed = replace(BOOK.criteria["PH-1.1"], approved_by="Dr A", approved_on=BOOK.effective_from)
    (change,) = compare(BOOK, with_criteria(PH_1_1=signed))
    assert change.parts == ("approved_by", "approved_on")


def test_what_one_book_does_not_have_is_added_or_removed():
    fewer = with_criteria(PH_1_1=None)
    assert [(c.id, c.kind) for c in compare(BOOK, fewer)] == [("PH-1.1", "removed")]
    assert [(c.id, c.kind) for c in compare(fewer, BOOK)] == [("PH-1.1", "added")]
