"""The decision: a suggestion, every fact that led to it, and the criterion with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from clinic.protocol.model import Criterion
from clinic.referrals.rules.flags import Flag
from clinic.referrals.rules.words import Band, FlagState, GateName, Outcome, Phase

_TO_CHECK = frozenset({"FB-1.22", "FB-1.23", "FB-1.24", "FB-1.25", "PH-1.13"})


class Reason(NamedTuple):
    """A fact as given, and the criterion it met."""

    criterion: Criterion
    fact: str

    def to_json(self) -> dict[str, str]:
        """R of the contract."""
        criterion = self.criterion
        return {
            "criterion": criterion.id,
            "fact": self.fact,
            "text": criterion.statement,
            "source": criterion.cited,
        }


@dataclass(frozen=True, slots=True)
class PhaseDecision:
    """The phase; `day` counts from the anchor and is None, like the anchor, without a firm date.

    `since` is the day the phase began; `set_by_person`: after cement the calendar does not count.
    `missing` are the dating facts unknown; every one of them must be asked.
    """

    value: Phase
    provisional: bool
    anchor: date | None
    day: int | None
    since: date | None
    set_by_person: bool
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """`phase` of the contract."""
        return {
            "value": self.value.value,
            "provisional": self.provisional,
            "anchor": _iso(self.anchor),
            "reasons": _sorted(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class BandDecision:
    """The supervision band between the least and the most it can be.

    `open_question`: an unanswered question, not only a test, could still change it.
    `tested`: there is a current test.
    """

    value: Band
    provisional: bool
    floor: Band
    ceiling: Band
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    open_question: bool
    tested: bool

    def to_json(self) -> dict[str, Any]:
        """`band` of the contract."""
        return {
            "value": self.value.value,
            "provisional": self.provisional,
            "floor": self.floor.value,
            "ceiling": self.ceiling.value,
            "reasons": _sorted(self.reasons),
            "missing": sorted(self.missing),
        }


@dataclass(frozen=True, slots=True)
class FlagDecision:
    """One red flag that is yes, in review or unknown; `missing` are the facts that would settle it."""

    flag: Flag
    state: FlagState
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]

    @property
    def tell_referrer(self) -> str:
        """Action first, then why; only a flag that is yes asks the referrer to act on it."""
        if self.state is FlagState.YES:
            return self.flag.tell_referrer
        why = " ".join(sorted({reason.criterion.statement for reason in self.reasons}))
        if self.state is FlagState.REVIEW:
            return f"Not accepted yet: one of our clinicians looks at this first. {why}"
        when = "today" if self.flag.emergency_first else "before anything is booked"
        return f"Not accepted yet: not known. We ask the patient {when}; if you know, tell us now. {why}"

    def to_json(self) -> dict[str, Any]:
        """One of `flags` of the contract."""
        return {
            "id": self.flag.id,
            "state": self.state.value,
            "urgency": self.flag.urgency.value,
            "tell_referrer": self.tell_referrer,
            "reasons": _sorted(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class GateDecision:
    """A gate; `opens_on` is the day time alone opened or will open it, if time is what counts."""

    name: GateName
    open: bool
    opens_on: date | None
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """One of `gates` of the contract."""
        return {"open": self.open, "from": _iso(self.opens_on), "reasons": _sorted(self.reasons)}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is suggested for one case under one protocol; only a person decides."""

    id: str | int | None
    as_of: date
    protocol: str
    engine: str
    outcome: Outcome
    also: tuple[Outcome, ...]
    phase: PhaseDecision
    band: BandDecision
    flags: tuple[FlagDecision, ...]
    gates: tuple[GateDecision, ...]
    missing: tuple[str, ...]
    notes_to_gp: tuple[str, ...]

    @property
    def call_today(self) -> bool:
        """True when an emergency question is unanswered: the call is due this working day (A18)."""
        return any(f.flag.emergency_first and f.state is FlagState.UNKNOWN for f in self.flags)

    @property
    def to_check(self) -> tuple[Reason, ...]:
        """Contradictions and doubtful values that a person should look at (A12, A17)."""
        return tuple(r for r in (*self.phase.reasons, *self.band.reasons) if r.criterion.id in _TO_CHECK)

    def to_json(self) -> dict[str, Any]:
        """The published answer; its lists are sorted."""
        return {
            "id": self.id,
            "as_of": self.as_of.isoformat(),
            "protocol": self.protocol,
            "engine": self.engine,
            "outcome": self.outcome.value,
            "also": sorted(also.value for also in self.also),
            "phase": self.phase.to_json(),
            "band": self.band.to_json(),
            "flags": [flag.to_json() for flag in sorted(self.flags, key=lambda f: f.flag.id)],
            "gates": {gate.name.value: gate.to_json() for gate in self.gates},
            "missing": list(self.missing),
            "notes_to_gp": list(self.notes_to_gp),
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sorted(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    by_key = {(reason.criterion.id, reason.fact): reason for reason in reasons}
    return [by_key[key].to_json() for key in sorted(by_key)]
