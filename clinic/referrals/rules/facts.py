"""The case: the plain facts the rules read. Not known is None, and None is never "no"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from types import MappingProxyType
from typing import Literal

from clinic.referrals.rules.dates import PartialDate
from clinic.referrals.rules.words import (
    Cause,
    ConfirmedBy,
    DatedBy,
    Phase,
    Release,
    Sex,
    Site,
    TestName,
    Trend,
)

Answer = bool | None
FlagAnswer = bool | Literal["explained"] | None


@dataclass(frozen=True, slots=True)
class Person:
    birth_date: Day | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True)
class Fracture:
    """The fracture referred, and a cement procedure if there was one."""

    date: PartialDate | None = None
    site: Site | None = None
    levels: tuple[str, ...] = ()
    cause: Cause | None = None
    confirmed_by: ConfirmedBy | None = None
    osteoporotic: Answer = None
    incidental: Answer = None
    healed_on_imaging: Answer = None
    cement: Answer = None
    cement_procedure_on: PartialDate | None = None
    reported_on: Day | None = None
    dated_by: DatedBy | None = None


@dataclass(frozen=True, slots=True)
class Pain:
    """0 to 10, at rest and on movement, and where it is going."""

    rest: int | None = None
    movement: int | None = None
    trend: Trend | None = None


@dataclass(frozen=True, slots=True)
class Mobility:
    walks_10m: Answer = None
    needs_person: Answer = None
    walking_aid: Answer = None


@dataclass(frozen=True, slots=True)
class Falls:
    """The last twelve months."""

    count_12m: int | None = None
    injurious: Answer = None
    could_not_get_up: Answer = None
    lost_consciousness: Answer = None
    unsteady: Answer = None
    worried: Answer = None
    stay_independent: int | None = None


@dataclass(frozen=True, slots=True)
class Frailty:
    clinical_frailty_scale: int | None = None
    frail: Answer = None


@dataclass(frozen=True, slots=True)
class PhaseSet:
    """A phase set by a physiotherapist after a cement procedure, and the day."""

    value: Phase
    on: Day


@dataclass(frozen=True, slots=True)
class Progress:
    strength_weeks: int | None = None
    stabilised: Answer = None
    released: frozenset[Release] = frozenset()
    taught: frozenset[str] = frozenset()
    phase_set: PhaseSet | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """One balance or strength test: a value in the unit of its name, or unable; `on` may be unknown."""

    __test__ = False

    name: TestName
    value: float | None = None
    unable: Answer = None
    on: Day | None = None
    used_arms: Answer = None


@dataclass(frozen=True, slots=True)
class Observations:
    """The newest set at rest: mmHg and beats a minute."""

    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    on: Day | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the engine may know of one referral on one day (clinic-local)."""

    id: str | int | None
    as_of: Day
    person: Person = Person()
    fracture: Fracture = Fracture()
    pain: Pain = Pain()
    mobility: Mobility = Mobility()
    falls: Falls = Falls()
    frailty: Frailty = Frailty()
    progress: Progress = Progress()
    tests: tuple[TestResult, ...] = ()
    observations: Observations = Observations()
    flags: Mapping[str, FlagAnswer] = field(default_factory=lambda: MappingProxyType({}))
