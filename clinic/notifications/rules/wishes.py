"""How many texts a patient wants (F31): what each choice leaves out. Changes and safety always go."""

from clinic.notifications.rules.window import CAPPED, WEEKLY_CAP, Purpose

USUAL, MORE, FEWER, SUNDAY = "usual", "more", "fewer", "sunday"
EVE = "reminder_eve"
"""The rule of the second reminder, the evening before: only for who wants more."""
WEEK = "week_ahead"
"""The rule of the one text on Sunday evening."""
FIRST_VISIT = "reminder_first_visit"


def left_out(wanted: str, purpose: Purpose, rule: str, text: str, *, in_sunday_text: bool) -> str | None:
    """Why this text is not sent, as a coded word, or None when it is wanted.

    `in_sunday_text`: a Sunday text has left that named this very session as it now stands. A reminder of the
    first class is never left out: it says what to bring.
    """
    if rule == EVE and wanted != MORE:
        return "fewer_wanted"
    if rule == WEEK and wanted != SUNDAY:
        return "single_reminders_wanted"
    if wanted == FEWER and purpose in CAPPED:
        return "fewer_wanted"
    if wanted == SUNDAY and purpose is Purpose.REMINDER and in_sunday_text and text != FIRST_VISIT:
        return "in_sunday_text"
    return None


def cap(wanted: str, of_clinic: int = WEEKLY_CAP) -> int:
    """Counted texts a week; who wants more has twice as many before home prompts are dropped."""
    return 2 * of_clinic if wanted == MORE else of_clinic
