"""Which text goes first when many are due: today's cancellation is never behind ten thousand prompts."""

from __future__ import annotations

from clinic.notifications.rules.window import Purpose

FIRST = frozenset({Purpose.SAFETY, Purpose.ALERT_DUTY, Purpose.ANSWER})
SOON = frozenset({Purpose.CANCELLATION, Purpose.CONFIRMATION, Purpose.CHANGE})
TODAY = frozenset({Purpose.REMINDER, Purpose.OFFER, Purpose.OFFER_SECOND, Purpose.NUMBER_CHECK})
LAST = frozenset({Purpose.PROMPT, Purpose.CHECK_IN})


def priority_of(purpose: Purpose) -> int:
    """1 goes first."""
    for rank, purposes in enumerate((FIRST, SOON, TODAY), start=1):
        if purpose in purposes:
            return rank
    return 9 if purpose in LAST else 5
