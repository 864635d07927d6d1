"""The rule book laid open for a reader: sections, signatures, review dates, and what a newer one changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clinic.access import queries as access
from clinic.protocol import load
from clinic.protocol.model import Criterion, Protocol
from clinic.referrals import clocks, sign_off
from clinic.viewer import Viewer

SECTIONS: Mapping[str, str] = {
    "PH-1": "Phase of healing",
    "FB-1": "Supervision band: how much help in class, never a prediction of falls",
    "GS-1": "Pain, walking and the start of group exercise",
    "GT-1": "Exercise gates",
    "RF": "Red flags, always asked as new or worse since the fracture",
    "RV-1": "When a decision is looked at again",
    "SV-1": "How many people a class may hold",
    "DO-1": "How much exercise, and which",
    "MV-1": "Moving safely",
    "AD-1": "What patients and practices are told",
    "AS-1": "The first assessment",
}


@dataclass(frozen=True, slots=True)
class Section:
    """The criteria that belong together, in the order of the file."""

    key: str
    title: str
    criteria: list[Criterion]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many criteria nobody has signed, and how many should have been looked at again by today."""

    criteria: int
    unsigned: int
    overdue: int


def today_of(viewer: Viewer, moment: datetime) -> date:
    """The viewer's clinic date; for a referrer, London's."""
    if viewer.clinic_id is None:
        return moment.astimezone(access.home_zone()).date()
    return clocks.today(viewer.clinic_id, moment)


def in_force(viewer: Viewer, today: date) -> Protocol:
    """The book the viewer's clinic goes by; a referrer reads the one in force."""
    if viewer.clinic_id is None:
        return load.protocol(today)
    return sign_off.book_of(viewer.clinic_id, today)


def named(book_id: str) -> Protocol | None:
    """The book of that id, if there is one."""
    try:
        return load.protocol(book_id)
    except LookupError:
        return None


def others(book: Protocol) -> list[tuple[Protocol, Protocol, Protocol]]:
    """Each other version, with the older and the newer of the two to compare."""
    found = [one for one in load.all_protocols() if one.id != book.id]
    return [(one, *_in_order(one, book)) for one in found]


def sections(book: Protocol) -> list[Section]:
    """Every criterion under its heading; an unknown group stands under its own name, so none is hidden."""
    found: dict[str, list[Criterion]] = {}
    for criterion in book.criteria.values():
        found.setdefault(_group(criterion.id), []).append(criterion)
    return [Section(key, SECTIONS.get(key, key), criteria) for key, criteria in found.items()]


def standing(book: Protocol, today: date) -> Standing:
    """Counts for the head of the page (F27, F45)."""
    rows = list(book.criteria.values())
    return Standing(
        len(rows), sum(row.needs_sign_off for row in rows), sum(is_overdue(row, today) for row in rows)
    )


def is_overdue(criterion: Criterion, today: date) -> bool:
    """Whether the next review date has passed (F45)."""
    return criterion.next_review < today


def _in_order(one: Protocol, other: Protocol) -> tuple[Protocol, Protocol]:
    return (one, other) if one.effective_from < other.effective_from else (other, one)


def _group(criterion_id: str) -> str:
    if criterion_id.startswith("RF"):
        return "RF"
    return criterion_id.split(".")[0]
