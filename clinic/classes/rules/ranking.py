"""Who is next for a seat: clinical tier, then referral date, then id; the unsuitable are skipped, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clinic.classes.rules.placement import Candidate, ClassFacts, rest_day, room, unsuitable

SKIPS_BEFORE_A_PERSON = 3
"""Skipped this often, a person looks at why (F36)."""


@dataclass(frozen=True)
class Waiter:
    """Somebody on the waiting list; tier 1 is the most urgent.

    `unavailable` is a sentence why they cannot be offered anything now; `dates_held` the local dates of their
    places.
    """

    id: str
    tier: int
    referred_on: date
    candidate: Candidate
    unavailable: str | None = None
    dates_held: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Vacancy:
    """A free seat: standing, or one visit with its local date `on`; `room_left` counts this seat."""

    cls: ClassFacts
    on: date | None = None


@dataclass(frozen=True)
class Ranked:
    """The next suitable person, if any, and why everybody ahead of them was passed over."""

    next: Waiter | None
    skipped: tuple[tuple[str, str], ...]


def in_order(waiters: Iterable[Waiter]) -> tuple[Waiter, ...]:
    """The waiting list in its one order, visible to staff."""
    return tuple(sorted(waiters, key=lambda one: (one.tier, one.referred_on, one.id)))


def rank(waiters: Iterable[Waiter], vacancy: Vacancy) -> Ranked:
    """The first suitable person; the unsuitable ahead are skipped, reasons kept, and the list goes on."""
    skipped: list[tuple[str, str]] = []
    for waiter in in_order(waiters):
        reasons = why_not(waiter, vacancy)
        if not reasons:
            return Ranked(waiter, tuple(skipped))
        skipped.append((waiter.id, " ".join(reasons)))
    return Ranked(None, tuple(skipped))


def why_not(waiter: Waiter, vacancy: Vacancy) -> tuple[str, ...]:
    """Every reason, in sentences, why this vacancy is not for this person; empty means it is."""
    person, cls = waiter.candidate, vacancy.cls
    misfits = unsuitable(person, cls) + room(person, cls)
    if vacancy.on is None:
        misfits += rest_day(person, cls)
    said = [waiter.unavailable] if waiter.unavailable else []
    return (*said, *(misfit.text for misfit in misfits), *_date(waiter, vacancy))


def passed_over(chosen_id: str, waiters: Iterable[Waiter], vacancy: Vacancy) -> tuple[str, ...]:
    """Eligible people ahead of the chosen one: booking past them needs a physiotherapist's reason.

    For somebody who is not on the list, everybody eligible counts.
    """
    ahead = []
    for waiter in in_order(waiters):
        if waiter.id == chosen_id:
            break
        if not why_not(waiter, vacancy):
            ahead.append(waiter.id)
    return tuple(ahead)


def needs_a_person(times_skipped: int) -> bool:
    """True once somebody has been skipped often enough that a person must look (F36)."""
    return times_skipped >= SKIPS_BEFORE_A_PERSON


def _date(waiter: Waiter, vacancy: Vacancy) -> Sequence[str]:
    if vacancy.on is None:
        return []
    start = waiter.candidate.group_start
    if start is not None and vacancy.on < start:
        return ["The person may not start in a group by that date."]
    if any(abs((vacancy.on - held).days) <= 1 for held in waiter.dates_held):
        return ["The person has a place on that day, or on the day before or after it."]
    return []
