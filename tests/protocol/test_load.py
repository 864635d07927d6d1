"""The loader lets no doubtful rule book through, and says which line is wrong."""

from datetime import date
from pathlib import Path

import pytest

from clinic.protocol.load import VERSIONS, all_protocols, load_file, load_folder, protocol
from clinic.protocol.strict_yaml import ProtocolError

SHIPPED = (VERSIONS / "2026-11.yaml").read_text()


def _written(folder: Path, text: str, name: str = "2026-11.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_shipped_rule_book_is_in_force_from_its_date() -> None:
    assert protocol(date(2026, 11, 1)).id == "2026-11"
    assert protocol(date(2026, 11, 1)).effective_from == date(2026, 11, 1)
    assert protocol("2026-11") is protocol()


def test_a_day_before_the_first_rule_book_is_served_by_the_first() -> None:
    assert protocol(date(2020, 2, 29)) is all_protocols()[0]


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(LookupError, match="1999-01"):
        protocol("1999-01")


def test_the_newest_rule_book_already_in_force_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = SHIPPED.replace('id: "2026-11"', 'id: "2027-02"').replace("from: 2026-11-01", "from: 2027-02-01")
    _written(tmp_path, later, "2027-02.yaml")
    _written(tmp_path, SHIPPED)
    books = load_folder(tmp_path)
    monkeypatch.setattr("clinic.protocol.load.all_protocols", lambda: books)
    days = [date(2027, 1, 31), date(2027, 2, 1)]
    assert [protocol(day).id for day in days] == ["2026-11", "2027-02"]
    assert protocol().id == "2027-02"


def test_two_rule_books_from_the_same_day_are_refused(tmp_path: Path) -> None:
    _written(tmp_path, SHIPPED)
    _written(tmp_path, SHIPPED.replace('id: "2026-11"', 'id: "2026-11b"'), "2026-11b.yaml")
    with pytest.raises(ProtocolError, match="2026-11b.yaml, line 1: in force from the same day as 2026-11"):
        load_folder(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="no protocol file"):
        load_folder(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("evidence: low}", "evidence: low, weight: 3}", "unknown key weight"),
        ("evidence: low}", "evidence: strong}", "evidence is one of high, moderate, low, consensus"),
        ("evidence: low}", "evidence: low, evidence: low}", "the key evidence stands twice"),
        (
            "evidence: low}",
            "evidence: low, approved_by: Dr A}",
            "approved_by and approved_on belong together",
        ),
        ('source: {from: ORACLE, section: "initial', 'source: {section: "initial', "missing from"),
        (
            'source: {from: ORACLE, section: "initial',
            'source: {from: NOBODY, section: "initial',
            "not in the list",
        ),
        ("p2_from_months: 3", "p2_from_months: 13", "13 is out of range, 1 to 12"),
        ("p2_from_months: 3", "p2_from_months: three", "a number is expected"),
        ("p2_from_months: 3", "p2_from_months: true", "a number is expected"),
        ("p2_from_months: 3", "p2_from_months: 2.5", "a whole number is expected"),
        ("p2_from_months: 3", "p9_from_months: 3", "unknown number p9_from_months"),
        ("p2_from_months: 3", "p2_from_months: 6", "phase 3 must start after phase 2"),
        ("fit_to_cfs: 3", "fit_to_cfs: 5", "fit_to_cfs must be below frail_from_cfs"),
        ("chair_stand_men: [14, 12,", "chair_stand_men: [12,", "differ in length"),
        ("chair_stand_from_ages: [60, 65,", "chair_stand_from_ages: [65, 60,", "must rise"),
        ("{p3_from_months: 6}", "{}", "no criterion holds p3_from_months"),
        ("{p3_from_months: 6}", "{p3_from_months: 6, p2_from_months: 3}", "already stands in another"),
        ("id: PH-1.2,", "id: PH-1.1,", "the criterion PH-1.1 stands twice"),
        ("id: PH-1.2, statement:", "id: PH-1.2, wording:", "unknown key wording"),
        ('id: "2026-11"', 'id: "2026-12"', "is not the name of the file"),
        ("effective_from: 2026-11-01", "effective_from: soon", "a date is expected"),
        ("effective_from: 2026-11-01\n", "", "missing effective_from"),
        ("year: 2022, url", "year: 1622, url", "out of range"),
        ('url: "https://theros.org.uk/"', 'url: "ftp://theros"', "a web address or a page of docs/"),
        ("next_review: 2027-05-01", "next_review: [2027]", "a single value is expected"),
        ("criteria:\n", "criteria: {\n", "line"),
    ],
)
def test_a_doubtful_line_is_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in SHIPPED
    with pytest.raises(ProtocolError, match=complaint) as refused:
        load_file(_written(tmp_path, SHIPPED.replace(old, new, 1)))
    assert str(refused.value).startswith("2026-11.yaml, line ")


def test_the_line_named_is_the_line_of_the_fault(tmp_path: Path) -> None:
    line = SHIPPED[: SHIPPED.index("p2_from_months: 3")].count("\n") + 1
    with pytest.raises(ProtocolError, match=f"line {line}:"):
        load_file(_written(tmp_path, SHIPPED.replace("p2_from_months: 3", "p2_from_months: 99")))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="the file is empty"):
        load_file(_written(tmp_path, ""))


def test_a_criterion_needs_sign_off_until_a_person_and_a_date_stand_there(tmp_path: Path) -> None:
    signed = SHIPPED.replace(
        "evidence: low}", "evidence: low, approved_by: A. Physio, approved_on: 2026-10-20}", 1
    )
    book = load_file(_written(tmp_path, signed))
    assert not book.criteria["PH-1.1"].needs_sign_off
    assert book.criteria["PH-1.1"].approved_on == date(2026, 10, 20)
    assert book.criteria["PH-1.2"].needs_sign_off and book.needs_sign_off


def test_every_criterion_has_a_statement_a_source_and_a_review_date() -> None:
    for criterion in protocol("2026-11").criteria.values():
        assert criterion.statement.endswith((".", "?"))
        assert criterion.source.section and criterion.next_review > date(2026, 11, 1)
        assert str(criterion.source.year) in criterion.cited and criterion.source.title in criterion.cited


def test_nothing_is_called_a_score_to_predict_falls() -> None:
    for criterion in protocol("2026-11").criteria.values():
        for word in ("predict", "risk score", "fall risk", "falls risk"):
            assert word not in criterion.statement.lower()
