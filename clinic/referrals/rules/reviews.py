"""When somebody looks again, and what new facts may change by themselves: only towards more care."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.protocol.model import Protocol
from clinic.referrals.rules.dates import add_months
from clinic.referrals.rules.words import Band, Phase


@dataclass(frozen=True, slots=True)
class Level:
    """A phase and a supervision band."""

    phase: Phase
    band: Band


@dataclass(frozen=True, slots=True)
class Review:
    """Something to look at again: `since` is the clinic date from which it is due, by `criterion`."""

    kind: str
    since: date
    criterion: str


def more_care(held: Level, before: Level, after: Level) -> Level:
    """The level that takes effect at once: what new facts raised, and never less than what is held.

    `before` and `after` are suggestions of one day without and with the new facts, so that the age of a
    test or the calendar moves nobody (A2), and a physiotherapist's own choice stands until facts go past it.
    """
    band = after.band if after.band.rank > max(before.band.rank, held.band.rank) else held.band
    phase = after.phase if after.phase < min(before.phase, held.phase) else held.phase
    return Level(phase, band)


def less_care(held: Level, before: Level, after: Level) -> bool:
    """Whether new facts speak for less care than is held: that waits for a person."""
    band = after.band.rank < min(before.band.rank, held.band.rank)
    return band or after.phase > max(before.phase, held.phase)


def reassessment_due(
    newest: date | None, confirmed_on: date, today: date, protocol: Protocol
) -> Review | None:
    """Every 90 days after the newest test, or after confirming without one, a reassessment is due (A2)."""
    every = protocol.numbers.test_current_days
    since = newest or confirmed_on
    rounds = (today - since).days // every
    if rounds < 1:
        return None
    return Review("reassessment_due", since + timedelta(days=rounds * every), "RV-1.1")


def phase_due(held: Phase, calendar: Phase, since: date | None, confirmed_on: date) -> Review | None:
    """The calendar reached a later phase after a person confirmed: a review, and nobody is moved."""
    if since is None or since <= confirmed_on or calendar <= held:
        return None
    return Review("phase_review_due", since, "RV-1.2")


def course_reviews(first_class_on: date | None, today: date, protocol: Protocol) -> Iterable[Review]:
    """The reviews of the course that have come due, counted in calendar months from the first class."""
    if first_class_on is None:
        return
    for months in (protocol.programme.first_review_month, protocol.programme.renewal_month):
        due = add_months(first_class_on, months)
        if due <= today:
            yield Review(f"review_{months}_months", due, "DO-1.3")
