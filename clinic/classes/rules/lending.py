"""How long a seat is kept for somebody who pauses, and when they are screened again (F35)."""

from datetime import date, timedelta

from clinic.classes.rules.attendance import rescreen_due

KEPT_FOR = timedelta(weeks=12)
"""Unless the clinic sets another: after this a person decides, and the seat may be given up."""
LENT_WHEN_OVERDUE = timedelta(days=7)
"""Of somebody who did not come back on the day, only the coming week is lent: they may be back next week."""


def problem(paused_on: date, today: date, returns_on: date, kept_for: timedelta = KEPT_FOR) -> str | None:
    """Why a pause until then cannot be, as a sentence for the page; None when it can."""
    if returns_on <= today:
        return "The day of return must be in the future."
    if returns_on - paused_on > kept_for:
        weeks = kept_for.days // 7
        return f"A seat is kept for at most {weeks} weeks. Choose an earlier return, or give up the seat."
    return None


def screened_again(last_seen: date, returns_on: date) -> bool:
    """Whether somebody must be asked the screening questions again before the next class."""
    return rescreen_due(last_seen, returns_on)


def lent_until(today: date, returns_on: date) -> date:
    """The first date that is not lent: the return, or for an overdue one a week from now."""
    return returns_on if returns_on > today else today + LENT_WHEN_OVERDUE
