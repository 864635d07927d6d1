"""What a change of the timetable would mean, shown before anybody confirms it, and compared when they do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clinic.extensions import db
from clinic.patients.models import Contact, ContactKind, Patient


@dataclass(frozen=True)
class Person:
    """One person an edit concerns, how they can be told, and in words what is particular about them."""

    episode_id: int
    patient_id: int
    name: str
    can_text: bool
    why: str = ""


@dataclass(frozen=True)
class Line:
    """One session as it is and as it would be; `becomes` None means that it is not held."""

    session_id: int
    revision: int
    name: str
    was: datetime
    becomes: datetime | None
    venue: str
    people: int
    seats: int
    note: str = ""

    @property
    def over(self) -> int:
        return max(0, self.people - self.seats) if self.becomes else 0


@dataclass(frozen=True)
class Impact:
    """Who moves, who is left without, who must be rung, where there are too many; or why it cannot be.

    `told` hear of it by text or telephone; `orphaned` lose a seat; `doubtful` keep one that may not suit
    them; `offers` have an open offer that is withdrawn and looked at again. `asked` is the edit itself.
    """

    asked: tuple[Any, ...]
    lines: tuple[Line, ...] = ()
    told: tuple[Person, ...] = ()
    orphaned: tuple[Person, ...] = ()
    doubtful: tuple[Person, ...] = ()
    offers: tuple[Person, ...] = ()
    standing: int = 0
    standing_seats: int | None = None
    refused: str | None = None
    warnings: tuple[str, ...] = ()  # staff who could not be there
    extra: tuple[Any, ...] = field(default=())

    @property
    def by_phone(self) -> list[Person]:
        return [one for one in self.told if not one.can_text]

    @property
    def by_text(self) -> list[Person]:
        return [one for one in self.told if one.can_text]

    @property
    def over(self) -> list[Line]:
        return [line for line in self.lines if line.over]

    @property
    def class_over(self) -> int:
        """Standing seats taken beyond those the class would have."""
        return 0 if self.standing_seats is None else max(0, self.standing - self.standing_seats)

    @property
    def fingerprint(self) -> str:
        """The same for the same impact, and for no other; it names nobody."""
        people = [
            [(one.episode_id, one.can_text, one.why) for one in group]
            for group in (self.told, self.orphaned, self.doubtful, self.offers)
        ]
        lines = [
            (one.session_id, one.revision, one.was, one.becomes, one.people, one.seats) for one in self.lines
        ]
        whole = [self.asked, lines, people, self.standing, self.standing_seats, self.refused]
        whole += [self.warnings, self.extra]
        return hashlib.sha256(json.dumps(whole, default=str).encode()).hexdigest()[:32]


class ImpactChanged(Exception):
    """What was shown is no longer what would happen: look again, nothing was done."""

    text = "Something changed while you were looking. This is what would happen now. Nothing is done yet."

    def __init__(self, impact: Impact) -> None:
        super().__init__(impact.fingerprint)
        self.impact = impact


def agree(impact: Impact, seen: str | None) -> None:
    """Raises ImpactChanged unless this is the impact somebody saw; `seen` None is a service that saw none."""
    if seen is not None and seen != impact.fingerprint:
        raise ImpactChanged(impact)


class People:
    """Names and phones of everybody an edit concerns, read in three queries."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._owner = {row.episode_id: row.patient_id for row in rows}
        ids = set(self._owner.values())
        found = db.session.scalars(select(Patient).where(Patient.id.in_(ids)))
        self._names = {patient.id: patient.full_name for patient in found}
        self._texted = can_be_texted(ids)

    def person(self, episode_id: int, why: str = "") -> Person:
        patient_id = self._owner[episode_id]
        return Person(episode_id, patient_id, self._names[patient_id], patient_id in self._texted, why)

    def each(self, rows: Iterable[Any], ring: Collection[int] = ()) -> tuple[Person, ...]:
        """Everybody behind these rows once, in the order of their names; the paused of `ring` are rung."""
        found = [self.person(one) for one in {row.episode_id for row in rows}]
        found = [
            replace(one, can_text=False, why="is paused") if one.episode_id in ring else one for one in found
        ]
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.episode_id)))


def can_be_texted(patient_ids: set[int]) -> set[int]:
    """Those with a main mobile that is neither stopped nor wrong."""
    query = select(Contact.patient_id).where(
        Contact.patient_id.in_(patient_ids),
        Contact.kind == ContactKind.MOBILE,
        Contact.main,
        Contact.stopped_at.is_(None),
        Contact.wrong_at.is_(None),
    )
    return set(db.session.scalars(query))
