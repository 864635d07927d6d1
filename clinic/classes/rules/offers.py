"""An offer of seats: what a reply takes, how the offer may move, and how long it stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from clinic.classes.rules.calendar import add_working_days, instant
from clinic.classes.rules.placement import DAY_NAMES

STANDING = "standing"
VISIT = "visit"
CLOCK_OPENS, CLOCK_CLOSES = time(9), time(18)
VISIT_OFFER_LASTS = timedelta(hours=2)
BEFORE_START = timedelta(minutes=60)
SHORTEST_BY_TEXT = timedelta(minutes=45)
STANDING_EXPIRES_AT, SECOND_TEXT_AT = time(12), time(10)
STANDING_WORKING_DAYS = 2

MOVES = MappingProxyType(
    {
        ("held", "accept"): "accepted",
        ("held", "decline"): "declined",
        ("held", "expire"): "expired",
        ("held", "withdraw"): "withdrawn",
    }
)
"""Every legal move of an offer. `held` is the only state that holds seats; the other four are final."""


@dataclass(frozen=True)
class Line:
    """One seat of an offer: a standing seat in a class, or one visit, on a weekday (0 is Monday)."""

    id: str
    weekday: int
    kind: str = STANDING


@dataclass(frozen=True)
class Answer:
    """What a reply does to the lines. `ask` means nothing is done and the person is asked which day."""

    takes: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    ask: bool = False


def move(state: str, event: str) -> str | None:
    """The next state, or None when nothing may change: a late `1` takes nothing (and is answered)."""
    return MOVES.get((state, event))


def answer(lines: Sequence[Line], intent: str, weekday: int | None = None) -> Answer:
    """What `1`, `2` or a day's name takes and releases; or asks about every line.

    A day that no line has, or that two lines share, does nothing but ask. Any other intent changes nothing.
    """
    ids = tuple(line.id for line in lines)
    if intent == "confirm":
        return Answer(takes=ids)
    if intent == "decline":
        return Answer(releases=ids)
    if intent == "choose_day":
        chosen = tuple(line.id for line in lines if line.weekday == weekday)
        if len(chosen) == 1:
            return Answer(takes=chosen, releases=tuple(one for one in ids if one not in chosen))
        return Answer(ask=True)
    return Answer()


def weekday_named(text: str) -> int | None:
    """The weekday a whole reply names, in full or by three letters or more (`tue`, `Thurs`); else None."""
    word = text.strip().rstrip(".!").lower()
    if word == "weds":
        return 2
    days = (number for number, name in enumerate(DAY_NAMES) if name.lower().startswith(word))
    return next(days, None) if len(word) >= 3 else None


def expires_at(
    kind: str, made_at: datetime, starts_at: datetime, zone: ZoneInfo, holidays: Collection[date] = ()
) -> datetime:
    """When an offer lapses (UTC): standing at 12:00 two working days later, a visit after two hours of the
    offer clock (09:00 to 18:00 clinic time, every day), neither later than 60 minutes before the start.
    """
    if kind == STANDING:
        day = add_working_days(made_at.astimezone(zone).date(), STANDING_WORKING_DAYS, holidays)
        lapses = instant(day, STANDING_EXPIRES_AT, zone)
    else:
        lapses = _after_clock_time(made_at, VISIT_OFFER_LASTS, zone)
    return min(lapses, starts_at.astimezone(UTC) - BEFORE_START)


def second_text_at(
    made_at: datetime, expires: datetime, zone: ZoneInfo, holidays: Collection[date] = ()
) -> datetime | None:
    """10:00 on the working day before a standing offer lapses (UTC); None if that is not after the offer."""
    day = add_working_days(expires.astimezone(zone).date(), -1, holidays)
    at = instant(day, SECOND_TEXT_AT, zone)
    return at if at > made_at else None


def by_text(made_at: datetime, expires: datetime, zone: ZoneInfo) -> bool:
    """True if at least 45 minutes of the offer clock are left; with less it is a call, not a text."""
    return _after_clock_time(made_at, SHORTEST_BY_TEXT, zone) <= expires


def _after_clock_time(start: datetime, lasts: timedelta, zone: ZoneInfo) -> datetime:
    """The instant by which the offer clock has run `lasts`; it stands still between 18:00 and 09:00."""
    day = start.astimezone(zone).date()
    now = start.astimezone(UTC)
    while True:
        now = max(now, instant(day, CLOCK_OPENS, zone))
        left_today = instant(day, CLOCK_CLOSES, zone) - now
        if lasts <= left_today:
            return now + lasts
        lasts -= max(left_today, timedelta(0))
        day += timedelta(days=1)
