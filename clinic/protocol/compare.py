"""What changed between two rule books, criterion by criterion."""

from dataclasses import dataclass

from clinic.protocol.model import Criterion, Protocol

# the parts of a criterion a reader compares, by name
PARTS = ("statement", "threshold", "cited", "evidence", "approved_by", "approved_on", "next_review")


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion that is not the same in both; `parts` names what differs when both have it."""

    id: str
    before: Criterion | None
    after: Criterion | None
    parts: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def compare(before: Protocol, after: Protocol) -> list[Change]:
    """Every difference, in the order of the newer book; what it dropped comes last."""
    changes = [
        Change(id, before.criteria.get(id), criterion, _parts(before.criteria.get(id), criterion))
        for id, criterion in after.criteria.items()
        if before.criteria.get(id) != criterion
    ]
    gone = (id for id in before.criteria if id not in after.criteria)
    return changes + [Change(id, before.criteria[id], None) for id in gone]


def _parts(before: Criterion | None, after: Criterion) -> tuple[str, ...]:
    if before is None:
        return ()
    return tuple(part for part in PARTS if getattr(before, part) != getattr(after, part))
