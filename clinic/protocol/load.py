"""Reads the rule books, checks every line, and answers which one is in force."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clinic.protocol.model import Criterion, Evidence, Protocol, Source, Threshold
from clinic.protocol.numbers import DECIMALS, ENGINE_NAMES, RANGES, TABLES, Numbers, Programme
from clinic.protocol.strict_yaml import Entry, ProtocolError, read

VERSIONS = Path(__file__).parent / "versions"


def protocol(date_or_id: date | str | None = None) -> Protocol:
    """The rule book in force on a clinic-local date, or the one with that id; the newest for None.

    Dates before the first rule book are served by the first, so that an old case can still be
    decided. Raises LookupError for an unknown id, ProtocolError for a file that must not be used.
    """
    books = all_protocols()
    if date_or_id is None:
        return books[-1]
    if isinstance(date_or_id, str):
        for book in books:
            if book.id == date_or_id:
                return book
        raise LookupError(f"there is no protocol {date_or_id}")
    in_force = [book for book in books if book.effective_from <= date_or_id]
    return in_force[-1] if in_force else books[0]


@cache
def all_protocols() -> tuple[Protocol, ...]:
    """Every rule book, oldest first; read once per process."""
    return load_folder(VERSIONS)


def load_folder(folder: Path) -> tuple[Protocol, ...]:
    """The rule books of a folder, oldest first; refuses two with one id or one date."""
    books = [(path, load_file(path)) for path in sorted(folder.glob("*.yaml"))]
    if not books:
        raise ProtocolError(f"{folder.name}: there is no protocol file")
    books.sort(key=lambda pair: pair[1].effective_from)
    for (_, before), (path, after) in zip(books, books[1:], strict=False):
        if before.effective_from == after.effective_from:
            raise ProtocolError(f"{path.name}, line 1: in force from the same day as {before.id}")
    if len({book.id for _, book in books}) < len(books):
        raise ProtocolError(f"{folder.name}: two protocols share one id")
    return tuple(book for _, book in books)


def load_file(path: Path) -> Protocol:
    """One rule book; raises ProtocolError with file and line for anything doubtful."""
    root = read(path)
    parts = root.mapping(["id", "effective_from", "next_review", "sources", "criteria"])
    protocol_id = parts["id"].text()
    if protocol_id != path.stem:
        parts["id"].refuse(f"the id {protocol_id} is not the name of the file")
    listed = parts["sources"].entries()
    sources = {key: entry.mapping(["title", "year", "url"]) for key, entry in listed.items()}
    next_review = parts["next_review"].day()
    criteria: dict[str, Criterion] = {}
    numbers: dict[str, float | tuple[float, ...]] = {}
    for entry in parts["criteria"].items():
        criterion = _criterion(entry, sources, next_review)
        if criterion.id in criteria:
            entry.refuse(f"the criterion {criterion.id} stands twice")
        if twice := sorted(numbers.keys() & criterion.threshold.keys()):
            entry.refuse(f"{', '.join(twice)} already stands in another criterion")
        criteria[criterion.id] = criterion
        numbers.update(criterion.threshold)
    if missing := sorted(RANGES.keys() - numbers.keys()):
        parts["criteria"].refuse(f"no criterion holds {', '.join(missing)}")
    return Protocol(
        id=protocol_id,
        effective_from=parts["effective_from"].day(),
        numbers=_consistent(Numbers(**_named(numbers, True)), parts["criteria"]),
        programme=Programme(**_named(numbers, False)),
        criteria=MappingProxyType(criteria),
    )


def _criterion(entry: Entry, sources: Mapping[str, dict[str, Entry]], next_review: date) -> Criterion:
    parts = entry.mapping(
        ["id", "statement", "source", "evidence"], ["threshold", "approved_by", "approved_on", "next_review"]
    )
    source = _source(parts["source"], sources)
    signed = "approved_by" in parts
    if signed != ("approved_on" in parts):
        entry.refuse("approved_by and approved_on belong together")
    evidence = parts["evidence"].text()
    if evidence not in set(Evidence):
        parts["evidence"].refuse(f"evidence is one of {', '.join(Evidence)}")
    return Criterion(
        id=parts["id"].text(),
        statement=parts["statement"].text(),
        source=source,
        evidence=Evidence(evidence),
        threshold=_threshold(parts["threshold"]) if "threshold" in parts else MappingProxyType({}),
        approved_by=parts["approved_by"].text() if signed else None,
        approved_on=parts["approved_on"].day() if signed else None,
        next_review=parts["next_review"].day() if "next_review" in parts else next_review,
        cited=str(source),
    )


def _source(entry: Entry, sources: Mapping[str, dict[str, Entry]]) -> Source:
    parts = entry.mapping(["from", "section"])
    named = sources.get(parts["from"].text())
    if named is None:
        parts["from"].refuse("this source is not in the list of sources")
    url = named["url"].text()
    if not url.startswith(("https://", "docs/")):
        named["url"].refuse("a source is a web address or a page of docs/")
    year = int(named["year"].number(1980, 2100))
    return Source(named["title"].text(), parts["section"].text(), year, url)


def _threshold(entry: Entry) -> Threshold:
    found: dict[str, float | tuple[float, ...]] = {}
    for name, value in entry.entries().items():
        if name not in RANGES:
            value.refuse(f"unknown number {name}")
        low, high = RANGES[name]
        if name in TABLES:
            found[name] = tuple(item.number(low, high) for item in value.items())
        else:
            found[name] = value.number(low, high, whole=name not in DECIMALS)
    return MappingProxyType(found)


def _named(numbers: Mapping[str, Any], engine: bool) -> dict[str, Any]:
    return {name: number for name, number in numbers.items() if (name in ENGINE_NAMES) is engine}


def _consistent(numbers: Numbers, entry: Entry) -> Numbers:
    """Refuses numbers that cannot hold together, whatever their own ranges."""
    rows = {len(numbers.chair_stand_from_ages), len(numbers.chair_stand_men), len(numbers.chair_stand_women)}
    if len(rows) != 1:
        entry.refuse("the three rows of the chair stand table differ in length")
    if list(numbers.chair_stand_from_ages) != sorted(set(numbers.chair_stand_from_ages)):
        entry.refuse("the ages of the chair stand table must rise")
    if numbers.p2_from_months >= numbers.p3_from_months:
        entry.refuse("phase 3 must start after phase 2")
    if numbers.fit_to_cfs >= numbers.frail_from_cfs:
        entry.refuse("fit_to_cfs must be below frail_from_cfs")
    return numbers
