"""What may be asked of `seats.change`: takes and releases of standing seats and of places, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clinic.classes.models import MemberState, Outcome, PlaceState


@dataclass(frozen=True)
class StandingTake:
    """A standing seat and one seat in every materialised session from `from_date`; confirms what is held."""

    class_id: int
    episode_id: int
    from_date: date
    state: MemberState = MemberState.ACTIVE


@dataclass(frozen=True)
class VisitTake:
    """A seat in one session; confirms what is held. A member's own session keeps the kind `standing`."""

    session_id: int
    episode_id: int
    state: PlaceState = PlaceState.BOOKED
    kind: str = "visit"


@dataclass(frozen=True)
class StandingRelease:
    """The seats from `from_date` on; PAUSED keeps the class seat and frees the sessions (F35).

    `until` is the day of return: from then on a paused seat's places stay.
    """

    member_id: int
    from_date: date
    reason: str
    state: MemberState = MemberState.LEFT
    until: date | None = None


@dataclass(frozen=True)
class VisitRelease:
    """One place of one session; a standing seat stays."""

    place_id: int
    reason: str
    outcome: Outcome | None = None


Take = StandingTake | VisitTake
Release = StandingRelease | VisitRelease


@dataclass(frozen=True)
class Skipped:
    """A date of a standing seat that could not be taken: full, or another place that day."""

    session_id: int
    on: date
    why: str


@dataclass
class Change:
    """What was done: new and confirmed rows, freed places, and the dates a standing seat did not get."""

    members: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    sessions: list[Any] = field(default_factory=list)
    """The session of each of `places`, as it was found under its lock."""

    def seat(self, session: Any, place_id: int) -> None:
        self.places.append(place_id)
        self.sessions.append(session)
