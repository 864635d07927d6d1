"""When a text may leave: hours by purpose, the reminder's moment, an offer's clock, the weekly cap.

Everything is clinic wall time at the edges and aware UTC inside; hours are open from their first
moment and shut from their last (at 19:00 a prompt no longer leaves). A clock change moves no wall time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

WorkingDay = Callable[[date], bool]
ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 60


class Purpose(StrEnum):
    """Why a text is sent; it alone decides the hours, and whether the weekly cap sees it."""

    REMINDER = "reminder"
    PROMPT = "prompt"
    OFFER = "offer"
    OFFER_SECOND = "offer_second"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    SAFETY = "safety"
    WELCOME = "welcome"
    NUMBER_CHECK = "number_check"
    CHECK_IN = "check_in"
    STILL_WANTED = "still_wanted"
    REVIEW = "review"
    GOODBYE = "goodbye"
    NOTICE = "notice"
    ALERT_DUTY = "alert_duty"
    INVITATION = "invitation"


class OfferKind(StrEnum):
    """A standing seat (every week) or one freed session."""

    STANDING = "standing"
    SINGLE = "single"


@dataclass(frozen=True)
class Window:
    """Hours of a clinic day in which a text may leave; no hours at all means at any time."""

    opens: time = time.min
    closes: time | None = None

    def holds(self, wall: time) -> bool:
        """Whether this wall time lies inside."""
        return self.opens <= wall and (self.closes is None or wall < self.closes)


ANY_HOUR = Window()
EVERYDAY = Window(time(9), time(19))
REMINDER = Window(time(8), time(20))
URGENT = Window(time(7), time(21))
SAME_DAY_OFFER = REMINDER
"""An offer of a session on the day of the session: as early as the reminder whose `2` freed the seat."""

URGENT_WITHIN = timedelta(hours=24)
REMINDER_LEAD = timedelta(hours=3)
REMINDER_LEAST_NOTICE = timedelta(minutes=90)
EVENING_BEFORE = time(18)
PROMPT_HOURS = range(9, 19)

CLOCK_OPENS, CLOCK_CLOSES = time(9), time(18)
SINGLE_OFFER_RUNS = timedelta(hours=2)
STANDING_OFFER_ENDS = time(12)
STANDING_OFFER_DAYS = 2
SECOND_TEXT_TIME = time(10)
OFFER_ENDS_BEFORE_START = timedelta(minutes=60)
LEAST_TIME_TO_ANSWER = timedelta(minutes=45)

WEEKLY_CAP = 5
CAPPED = frozenset({Purpose.PROMPT, Purpose.CHECK_IN})
COUNTED = CAPPED | {
    Purpose.REMINDER,
    Purpose.WELCOME,
    Purpose.NUMBER_CHECK,
    Purpose.STILL_WANTED,
    Purpose.REVIEW,
    Purpose.GOODBYE,
    Purpose.NOTICE,
}

_AT_ANY_HOUR = frozenset(
    {Purpose.CONFIRMATION, Purpose.ANSWER, Purpose.SAFETY, Purpose.ALERT_DUTY, Purpose.INVITATION}
)
_TELLS_OF_A_CHANGE = frozenset({Purpose.CHANGE, Purpose.CANCELLATION})


def window_for(purpose: Purpose, event_start: datetime | None, now: datetime, zone: tzinfo) -> Window:
    """The hours in which `purpose` may be sent on the clinic's day of `now`.

    News of a session that starts within 24 hours of `now` has the long hours, all other news everyday ones.
    An offer of one session (`event_start`) has a reminder's hours on the session's own day.
    """
    _aware(now)
    if purpose is Purpose.OFFER and event_start is not None and _same_day(event_start, now, zone):
        return SAME_DAY_OFFER
    if purpose in _AT_ANY_HOUR:
        return ANY_HOUR
    if purpose is Purpose.REMINDER:
        return REMINDER
    if purpose in _TELLS_OF_A_CHANGE and event_start is not None and event_start - now <= URGENT_WITHIN:
        return URGENT
    return EVERYDAY


def is_allowed(at: datetime, purpose: Purpose, zone: tzinfo, event_start: datetime | None = None) -> bool:
    """Whether `purpose` may leave at this moment."""
    return window_for(purpose, event_start, at, zone).holds(at.astimezone(zone).time())


def next_allowed(
    at: datetime, purpose: Purpose, zone: tzinfo, event_start: datetime | None = None
) -> datetime:
    """The first moment at or after `at` when `purpose` may leave, in UTC; it may lie past `event_start`."""
    if is_allowed(at, purpose, zone, event_start):
        return at.astimezone(UTC)
    moments = [_next_opening(at, window_for(purpose, None, at, zone), zone)]
    if purpose in _TELLS_OF_A_CHANGE and event_start is not None:
        urgent_from = max(at, event_start - URGENT_WITHIN)
        moments.append(_next_opening(urgent_from, URGENT, zone))
    if purpose is Purpose.OFFER and event_start is not None:
        opens = _wall(event_start.astimezone(zone).date(), SAME_DAY_OFFER.opens, zone)
        moments += [opens] if opens > at else []
    return min(moments)


def needs_a_call(at: datetime, purpose: Purpose, zone: tzinfo, event_start: datetime) -> bool:
    """Whether news of a session within 24 hours comes at an hour when nobody is texted: ring instead."""
    soon = purpose in _TELLS_OF_A_CHANGE and event_start - at <= URGENT_WITHIN
    return soon and not is_allowed(at, purpose, zone, event_start)


def due_at_reminder(start: datetime, zone: tzinfo) -> datetime:
    """When the one reminder of a session is due, in UTC.

    Three hours before it, never before 08:00; at 18:00 the day before when that leaves under 90 minutes.
    """
    day = _aware(start).astimezone(zone).date()
    latest = _wall(day, REMINDER.closes or time.max, zone) - timedelta(hours=1)
    due = min(max(start.astimezone(UTC) - REMINDER_LEAD, _wall(day, REMINDER.opens, zone)), latest)
    if start - due < REMINDER_LEAST_NOTICE:
        return _wall(day - ONE_DAY, EVENING_BEFORE, zone)
    return due


def prompt_at(day: date, hour: int, zone: tzinfo) -> datetime:
    """A home prompt's moment on a clinic day, in UTC; an hour outside 9 to 18 raises ValueError."""
    if hour not in PROMPT_HOURS:
        raise ValueError(f"a prompt leaves between 9 and 18, not at {hour}")
    return _wall(day, time(hour), zone)


def offer_expiry(
    now: datetime,
    kind: OfferKind,
    session_start: datetime | None,
    zone: tzinfo,
    working_day: WorkingDay,
    *,
    standing_days: int = STANDING_OFFER_DAYS,
    single_runs: timedelta = SINGLE_OFFER_RUNS,
) -> datetime | None:
    """When an offer made now runs out, in UTC, or None when too little time is left: ring instead of texting.

    Counted from the moment the text may leave. A standing seat: 12:00 two working days later (F26). A single
    session: two hours of 09:00 to 18:00 on working days, for somebody must be there to take a call; on the
    session's own day the text may leave from 08:00 (ADR 5). Never past 60 minutes before `session_start`;
    under 45 minutes to answer is a call. A clinic may set the days and the hours (`access.terms`).
    """
    sent = next_allowed(now, Purpose.OFFER, zone, session_start if kind is OfferKind.SINGLE else None)
    if kind is OfferKind.STANDING:
        last_day = _working_days_after(sent.astimezone(zone).date(), standing_days, working_day)
        expiry = _wall(last_day, STANDING_OFFER_ENDS, zone)
    else:
        expiry = _run_clock(sent, single_runs, zone, working_day)
    if session_start is not None:
        expiry = min(expiry, session_start.astimezone(UTC) - OFFER_ENDS_BEFORE_START)
    return expiry if expiry - sent >= LEAST_TIME_TO_ANSWER else None


def second_text_at(
    offered_at: datetime, expires_at: datetime, zone: tzinfo, working_day: WorkingDay
) -> datetime | None:
    """10:00 on the working day before an offer runs out, in UTC; None when the first text is no older."""
    day = _working_day_from(expires_at.astimezone(zone).date() - ONE_DAY, working_day, -ONE_DAY)
    second = _wall(day, SECOND_TEXT_TIME, zone)
    return second if second > offered_at else None


def week_of(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The clinic's week around `now`, Monday 00:00 to the next Monday 00:00, in UTC."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return _wall(monday, time.min, zone), _wall(monday + timedelta(days=7), time.min, zone)


def weekly_cap(purpose: Purpose, counted_this_week: int, cap: int = WEEKLY_CAP) -> bool:
    """Whether the cap drops this text, given how many COUNTED texts the phone has had in `week_of(now)`.

    Five a week (F31). Only prompts and check-ins are ever dropped; reminders count, but always go.
    """
    return purpose in CAPPED and counted_this_week >= cap


def _run_clock(begin: datetime, runs: timedelta, zone: tzinfo, working_day: WorkingDay) -> datetime:
    day = _working_day_from(begin.astimezone(zone).date(), working_day)
    start = max(begin, _wall(day, CLOCK_OPENS, zone))
    left = max(_wall(day, CLOCK_CLOSES, zone) - start, timedelta())
    if runs <= left:
        return start + runs
    next_day = _working_day_from(day + ONE_DAY, working_day)
    return _run_clock(_wall(next_day, CLOCK_OPENS, zone), runs - left, zone, working_day)


def _working_days_after(day: date, count: int, working_day: WorkingDay) -> date:
    for _ in range(count):
        day = _working_day_from(day + ONE_DAY, working_day)
    return day


def _working_day_from(day: date, working_day: WorkingDay, step: timedelta = ONE_DAY) -> date:
    """This day or the nearest working day in the direction of `step`."""
    for _ in range(LONGEST_CLOSURE):
        if working_day(day):
            return day
        day += step
    raise ValueError(f"no working day within {LONGEST_CLOSURE} days of {day}")


def _next_opening(at: datetime, window: Window, zone: tzinfo) -> datetime:
    wall = at.astimezone(zone)
    if window.holds(wall.time()):
        return at.astimezone(UTC)
    day = wall.date() if wall.time() < window.opens else wall.date() + ONE_DAY
    return _wall(day, window.opens, zone)


def _wall(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _same_day(one: datetime, other: datetime, zone: tzinfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment
