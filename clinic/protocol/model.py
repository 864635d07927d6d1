"""What a rule book holds once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.protocol.numbers import Numbers, Programme

Threshold = Mapping[str, float | tuple[float, ...]]


class Evidence(StrEnum):
    """How strong the published support is; consensus means our own judgement."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a criterion comes from; `url` is a web address or a page of docs/."""

    title: str
    section: str
    year: int
    url: str

    def __str__(self) -> str:
        return f"{self.title}, {self.section}, {self.year}"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One clinical statement a person can sign; `cited` is its source as one line."""

    id: str
    statement: str
    source: Source
    evidence: Evidence
    threshold: Threshold
    approved_by: str | None
    approved_on: date | None
    next_review: date
    cited: str

    @property
    def needs_sign_off(self) -> bool:
        """True until a named person has approved it on a date."""
        return not (self.approved_by and self.approved_on)


@dataclass(frozen=True, slots=True)
class Protocol:
    """One dated rule book: in force from `effective_from` until the next one's date.

    `numbers` are what triage decides by, `programme` what classes, doses and reviews go by.
    """

    id: str
    effective_from: date
    numbers: Numbers
    programme: Programme
    criteria: Mapping[str, Criterion]

    @property
    def needs_sign_off(self) -> bool:
        """True while any criterion is unsigned."""
        return any(criterion.needs_sign_off for criterion in self.criteria.values())
