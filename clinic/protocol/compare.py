"""What changed between two rule books, criterion by criterion."""

from dataclasses import dataclass
from enum import StrEnum

from clinic.protocol.model import Criterion, Protocol


class Kind(StrEnum):
    """How a criterion differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion that is not the same in both; `fields` names what differs when it stands in both."""

    id: str
    kind: Kind
    before: Criterion | None
    after: Criterion | None
    fields: tuple[str, ...] = ()


_COMPARED = ("statement", "threshold", "source", "evidence", "approved_by", "approved_on", "next_review")


def differences(before: Protocol, after: Protocol) -> tuple[Difference, ...]:
    """Every criterion added, removed or changed, in the order of the later rule book, removed ones last."""
    found = []
    for criterion_id, new in after.criteria.items():
        old = before.criteria.get(criterion_id)
        if old is None:
            found.append(Difference(criterion_id, Kind.ADDED, None, new))
        elif changed := tuple(name for name in _COMPARED if getattr(old, name) != getattr(new, name)):
            found.append(Difference(criterion_id, Kind.CHANGED, old, new, changed))
    for criterion_id, old in before.criteria.items():
        if criterion_id not in after.criteria:
            found.append(Difference(criterion_id, Kind.REMOVED, old, None))
    return tuple(found)
