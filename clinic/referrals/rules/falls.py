"""The answers about falls, read together with what else is known, contradictions listed."""

from typing import NamedTuple

from clinic.protocol.model import Protocol
from clinic.referrals.rules.dates import add_months
from clinic.referrals.rules.facts import Answer, Case
from clinic.referrals.rules.phase import image_or_fracture_day
from clinic.referrals.rules.words import Cause

FOLLOW_UPS = ("injurious", "could_not_get_up", "lost_consciousness")


class FallAnswers(NamedTuple):
    """What counts after A17, A19 and A20; `at_least` holds even when the `number` is unknown.

    `by_fracture`: the fracture itself was an injurious fall. `contradictions` are facts to show.
    """

    number: int | None
    at_least: int
    injurious: Answer
    could_not_get_up: Answer
    lost_consciousness: Answer
    by_fracture: bool
    by_blackouts: bool
    contradictions: tuple[str, ...]


def read_falls(case: Case, protocol: Protocol) -> FallAnswers:
    """A yes always counts; a fracture from a fall within twelve months is a fall with injury."""
    falls = case.falls
    by_fracture = _fracture_was_a_fall(case, protocol)
    by_blackouts = case.flags.get("blackouts") is True
    yes = [name for name in FOLLOW_UPS if getattr(falls, name) is True]
    at_least = max(falls.count_12m or 0, 1 if yes or by_fracture else 0)
    number = None if falls.count_12m is None else at_least
    # With zero falls a follow-up not answered is no (A20).
    unanswered = False if number == 0 else None
    return FallAnswers(
        number,
        at_least,
        injurious=True if by_fracture else _or(falls.injurious, unanswered),
        could_not_get_up=_or(falls.could_not_get_up, unanswered),
        lost_consciousness=True if by_blackouts else _or(falls.lost_consciousness, unanswered),
        by_fracture=by_fracture,
        by_blackouts=by_blackouts,
        contradictions=_contradictions(case, yes, by_fracture),
    )


def _or(answer: Answer, unanswered: Answer) -> Answer:
    return unanswered if answer is None else answer


def _fracture_was_a_fall(case: Case, protocol: Protocol) -> bool:
    """The anniversary counts as within; so does a fracture without any date (A20)."""
    if case.fracture.cause is not Cause.FALL:
        return False
    day = image_or_fracture_day(case)
    return day is None or case.as_of <= add_months(day, protocol.numbers.falls_window_months)


def _contradictions(case: Case, yes: list[str], by_fracture: bool) -> tuple[str, ...]:
    none_counted = case.falls.count_12m == 0
    found = [f"falls.count_12m = 0 but falls.{name} = true" for name in yes if none_counted]
    if by_fracture and none_counted:
        found.append("falls.count_12m = 0 but fracture.cause = fall")
    if by_fracture and case.falls.injurious is False:
        found.append("falls.injurious = false but fracture.cause = fall")
    return tuple(found)
