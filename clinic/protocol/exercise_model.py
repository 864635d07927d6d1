"""The values of the exercise library: which exercises suit a phase and band, and the words that teach them.

Standard library and what stands beside it only: the rules import this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clinic.protocol.dose_words import in_words

PHASES = ("P1", "P2", "P3")
BANDS = ("high", "intermediate", "low")
STANCES = ("lying", "seated", "either", "standing")
TARGETS = frozenset({"posture", "core", "extensor", "strength", "balance", "bone", "aerobic", "skill"})
HOME_NEEDS = frozenset({"firm_chair", "worktop", "stairs_with_rail", "exercise_band"})
CONDITION_TAGS = frozenset(
    {
        "arthritis",
        "heart",
        "nerve_disease",
        "stoma_or_hernia",
        "parkinsons",
        "brace",
        "anticoagulant",
        "strong_painkiller",
    }
)


@dataclass(frozen=True)
class Source:
    """Where a dose or an exercise comes from; `evidence` is high, moderate, low or consensus."""

    key: str
    title: str
    by: str
    year: int | None
    evidence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise and its text; nothing here is approved until `approved_by` names a physiotherapist.

    `bands` is phase -> band -> suffix letters: h with hands, p physiotherapist's release, g prone gate,
    c in class only. `sms_with_hands` and `sms_seated` replace `sms` for that way of doing it.
    """

    id: str
    name: str
    position: str
    stance: str
    target: tuple[str, ...]
    phases: tuple[str, ...]
    bands: Mapping[str, Mapping[str, str]] = field(hash=False)
    dose: str
    progression: str
    precaution: str
    source: tuple[str, ...]
    sms: str
    sms_with_hands: str | None = None
    sms_seated: str | None = None
    needs: frozenset[str] = frozenset()
    pause_for: frozenset[str] = frozenset()
    adapt_for: Mapping[str, str] = field(default_factory=dict, hash=False)
    approved_by: str | None = None
    approved_on: date | None = None

    @property
    def dose_in_words(self) -> str:
        """The dose as a page says it."""
        return in_words(self.dose)

    @property
    def prone(self) -> bool:
        """Done lying on the front."""
        return self.position == "prone"

    @property
    def loads_bone(self) -> bool:
        """Counts as bone loading, which has its own gate (rules A16, A32)."""
        return "bone" in self.target

    @property
    def needs_rest_day(self) -> bool:
        """24 hours of rest after resistance or bone loading only (S002); posture and balance go on daily."""
        return bool({"strength", "bone"} & set(self.target))

    def suffix(self, phase: str, band: str) -> str | None:
        """The suffix letters for this phase and band, or None where the exercise is not given."""
        return self.bands.get(phase, {}).get(band)


@dataclass(frozen=True)
class CellItem:
    """An exercise as one phase and band may do it."""

    exercise: Exercise
    with_hands: bool = False
    needs_release: bool = False
    prone_gate: bool = False
    class_only: bool = False


@dataclass(frozen=True)
class Prompt:
    """A general text, G01..G06; a sensitive one goes in the welcome pack only, unless the person agreed."""

    id: str
    use: str
    sms: str
    sensitive: bool = False
    approved_by: str | None = None
    approved_on: date | None = None


@dataclass(frozen=True)
class Library:
    """Every exercise, cell and general prompt of one dated file."""

    id: str
    in_force_from: date
    sources: Mapping[str, Source] = field(hash=False)
    exercises: Mapping[str, Exercise] = field(hash=False)
    prompts: Mapping[str, Prompt] = field(hash=False)
    cells: Mapping[tuple[str, str], tuple[CellItem, ...]] = field(hash=False)

    def cell(self, phase: str, band: str) -> tuple[CellItem, ...]:
        """The exercises of a phase and band, in teaching order; KeyError for an unknown phase or band."""
        return self.cells[phase, band]

    @property
    def awaiting_sign_off(self) -> tuple[str, ...]:
        """Ids of exercises and prompts nobody has approved; an unsigned library is shown as one (F27)."""
        items: tuple[Exercise | Prompt, ...] = (*self.exercises.values(), *self.prompts.values())
        return tuple(item.id for item in items if item.approved_by is None or item.approved_on is None)
