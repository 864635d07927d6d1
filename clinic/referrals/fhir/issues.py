"""What is wrong or worth saying, one issue a problem, never with a word of what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

UNPARSEABLE, UNPROCESSABLE = 400, 422


@dataclass(frozen=True, slots=True)
class Issue:
    """One line of an OperationOutcome; `expression` is a FHIRPath with indexes, `coded` a (system, code).

    `status` is what the whole answer becomes when this issue is an error; the lowest of all counts.
    """

    code: str
    text: str
    expression: str | None = None
    severity: str = "error"
    coded: tuple[str, str] | None = None
    status: int = UNPROCESSABLE

    @property
    def is_error(self) -> bool:
        return self.severity in ("fatal", "error")

    def to_json(self) -> dict[str, Any]:
        """As FHIR wants it; a coded issue says its code and its words in `details`."""
        found: dict[str, Any] = {"severity": self.severity, "code": self.code}
        if self.coded:
            system, code = self.coded
            found["details"] = {"coding": [{"system": system, "code": code}], "text": self.text}
        found["diagnostics"] = self.text
        if self.expression:
            found["expression"] = [self.expression]
        return found


class Refused(Exception):
    """Nothing was stored; the answer is one OperationOutcome with every issue."""

    def __init__(self, issues: Sequence[Issue], *, status: int | None = None) -> None:
        super().__init__("; ".join(sorted({issue.code for issue in issues})))
        self.issues = tuple(issues)
        self.status = status or min(issue.status for issue in issues if issue.is_error)


def refused(status: int, code: str, text: str, expression: str | None = None) -> Refused:
    """A refusal for one reason."""
    return Refused([Issue(code, text, expression)], status=status)


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """An OperationOutcome; with nothing to say it says that all is well, since FHIR wants one issue."""
    told = [issue.to_json() for issue in issues]
    well = {"severity": "information", "code": "informational", "diagnostics": "Nothing to say."}
    return {"resourceType": "OperationOutcome", "issue": told or [well]}


def warning(code: str, text: str, expression: str | None = None) -> Issue:
    """A gap or something left unread: told, never a reason to refuse."""
    return Issue(code, text, expression, severity="warning")


def once(issues: Iterable[Issue]) -> list[Issue]:
    """Errors first, unreadable before unusable; of several errors at one place the first: the rest follow."""
    told: list[Issue] = []
    places: set[str] = set()
    for issue in sorted(issues, key=lambda one: (not one.is_error, one.status)):
        if issue in told or (issue.is_error and issue.expression in places):
            continue
        told.append(issue)
        if issue.is_error and issue.expression:
            places.add(issue.expression)
    return told
