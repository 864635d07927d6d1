"""To which question a reply belongs, as plain values: to exactly one, or to none and a person reads it (F2).

Nothing here guesses. Where two questions could be meant, nobody's seat moves until the sender has named
one by its day, its person or both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clinic.notifications.rules import phrases as says
from clinic.notifications.rules.grammar import DAYS, without_courtesies
from clinic.notifications.rules.plain import words
from clinic.notifications.rules.replies import Intent, Question, Reading, read

UNDO_WITHIN = timedelta(minutes=30)  # `1` after `2` to a reminder takes the place back, if it is free

ANSWERS: dict[Question, frozenset[Intent]] = {
    Question.OFFER: frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.CHOOSE_DAY}),
    Question.REMINDER: frozenset({Intent.CONFIRM, Intent.CANNOT_COME}),
    Question.PROMPT: frozenset({Intent.DONE, Intent.PAIN, Intent.MORE, Intent.EASIER}),
    Question.NUMBER_CHECK: frozenset({Intent.CONFIRM, Intent.WRONG_NUMBER}),
    Question.STILL_WANTED: frozenset({Intent.CONFIRM, Intent.DECLINE}),
    Question.CHECK_IN: frozenset({Intent.CONFIRM, Intent.CALL_ME}),
    Question.WHICH: frozenset({Intent.CHOOSE_DAY}),
}
_AROUND = frozenset(f"{says.AROUND_A_DAY} and for the its it is thats that one s".split())


@dataclass(frozen=True)
class Asked:
    """One question a number was asked; `days` (0 = Monday) and `name` tell it from others, where known."""

    id: int
    patient_id: int
    question: Question
    about: tuple[str, int]  # the cause: two questions about one thing are one to the sender
    open: bool = True
    answered_at: datetime | None = None
    name: tuple[str, ...] = ()
    days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Bound:
    """`question`: what a reply belongs to; `several`: what it might belong to; `late`: one that is closed."""

    reading: Reading
    question: Asked | None = None
    several: tuple[Asked, ...] = ()
    late: Asked | None = None
    anything_open: bool = False


def bind(body: str, asked: Sequence[Asked], now: datetime) -> Bound:
    """Reads a reply in the light of everything this number was asked, oldest question first."""
    open_ones = tuple(one for one in asked if one.open)
    which = next((one for one in open_ones if one.question is Question.WHICH), None)
    others = tuple(one for one in open_ones if one.question is not Question.WHICH)
    if which and (_fits(body, which) or named(body, others)):
        return Bound(read(body, Question.WHICH), which, several=others)
    fitting = [one for one in others if _fits(body, one)]
    if len(fitting) == 1:
        return Bound(read(body, fitting[0].question), fitting[0])
    if fitting:
        return Bound(read(body, fitting[0].question), several=tuple(fitting))
    return replace(_late(body, asked, now), anything_open=bool(open_ones))


def choose(body: str, first: str, several: Sequence[Asked]) -> Bound | None:
    """The one question she named, with what she first said to it; None when she named none, or two."""
    could = [one for one in several if _fits(first, one)]
    meant = named(body, could)
    if len(meant) != 1:
        return None
    return Bound(read(first, meant[0].question), meant[0])


def named(body: str, several: Sequence[Asked]) -> list[Asked]:
    """The questions a body names by day, first name or both, and by nothing else; all of them or none."""
    said = without_courtesies(tuple(words(body)))[-1]
    people = {one.name for one in several if one.name and one.name[0] in said}
    theirs = {word for name in people for word in name}
    left = [word for word in said if word not in theirs and word not in _AROUND and not word[0].isdigit()]
    days = {DAYS.get(word) for word in left}
    if None in days or len(days) > 1 or len(people) > 1 or not (days or people):
        return []
    return [one for one in several if (not days or days & one.days) and (not people or one.name in people)]


def told_apart(several: Sequence[Asked]) -> str | None:
    """What must be named so that one question is left: "day", "name", "both"; None when nothing does it."""
    days = [one.days for one in several]
    by_day = all(days) and not any(a & b for n, a in enumerate(days) for b in days[n + 1 :])
    names = [one.name for one in several]
    if by_day:
        return "day"
    if all(names) and len(set(names)) == len(names):
        return "name"
    pairs = [(one.name, day) for one in several for day in one.days]
    return "both" if all(days) and len(set(pairs)) == len(pairs) else None


def name_said(first_name: str) -> tuple[str, ...]:
    """A first name as its words stand in a reply: Mary-Ann is two, and the first is enough."""
    return tuple(words(first_name))


def _fits(body: str, one: Asked) -> bool:
    return read(body, one.question).intent in ANSWERS.get(one.question, frozenset())


def _late(body: str, asked: Sequence[Asked], now: datetime) -> Bound:
    """Nothing open fits: a second word within the half hour, an answer that comes too late, or neither."""
    closed = [one for one in asked if not one.open and _fits(body, one)]
    if not closed:
        return Bound(read(body, Question.NONE))
    fresh = [one for one in closed if one.answered_at and now - one.answered_at <= UNDO_WITHIN]
    if fresh and len({(one.patient_id, one.about) for one in fresh}) == 1:
        return Bound(read(body, fresh[-1].question), fresh[-1])
    return Bound(read(body, closed[-1].question), late=closed[-1])
