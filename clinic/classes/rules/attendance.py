"""When absence, a pause or a long wait goes to a person; nothing removes anybody."""

from collections.abc import Sequence
from datetime import date, timedelta

MISSED_BEFORE_A_TASK = 2
"""Did-not-attend in a row that open a task (F30)."""
RESCREEN_AFTER = timedelta(weeks=4)
"""Away longer than this, a person is screened again before the next class (rules, section 3; F35)."""
STILL_WANTED_EVERY = timedelta(weeks=6)
"""How often somebody waiting is asked whether they still want a place (F36)."""
DID_NOT_ATTEND, CANCELLED_BY_SERVICE = "did_not_attend", "cancelled_by_service"


def missed_in_a_row(statuses: Sequence[str]) -> int:
    """Did-not-attend at the end of a person's sessions, oldest first.

    A session the service cancelled neither counts nor breaks the row; any word from the person breaks it.
    """
    row = 0
    for status in reversed(statuses):
        if status == DID_NOT_ATTEND:
            row += 1
        elif status != CANCELLED_BY_SERVICE:
            break
    return row


def missed_needs_a_task(statuses: Sequence[str]) -> bool:
    """True from the second did-not-attend in a row; discharge stays a person's act with a reason (F30)."""
    return missed_in_a_row(statuses) >= MISSED_BEFORE_A_TASK


def why_not_end(statuses: Sequence[str], *, called: bool, written: bool, exempt: bool) -> str | None:
    """Why an episode may not end for non-attendance yet; None when a person may decide so (F30).

    Never for what the service cancelled, never for who is exempt (frail, or on the welfare list), and only
    after a call and a letter.
    """
    if exempt:
        return "This person is on the welfare list: non-attendance never ends their time with us."
    if not missed_needs_a_task(statuses):
        return "They have not missed two sessions in a row without a word."
    if not called:
        return "Ring them first, and keep what came of it."
    if not written:
        return "Write to them first: a letter with a date to answer by."
    return None


def rescreen_due(last_seen: date, returns_on: date) -> bool:
    """True if more than four weeks lie between the last session and the return."""
    return returns_on - last_seen > RESCREEN_AFTER


def still_wanted_due(waiting_since: date, last_asked: date | None, today: date) -> bool:
    """True once six weeks have passed since the wait began or the question was last asked."""
    return today - (last_asked or waiting_since) >= STILL_WANTED_EVERY
