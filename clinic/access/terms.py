"""What a clinic may set for itself about seats and texts, each with its default and sane bounds.

Only what a coordinator would want otherwise. What keeps people safe (hours of texts, alert clocks, when a
text becomes a call) is no setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic import audit
from clinic.access import queries
from clinic.access.models import Clinic
from clinic.access.settings import SettingsProblem
from clinic.extensions import db, transaction
from clinic.viewer import Viewer


@dataclass(frozen=True)
class Term:
    """One number of a clinic: its name in `clinics.settings`, words for the page, and its bounds."""

    name: str
    words: str
    hint: str
    default: int
    least: int
    most: int


OFFER_DAYS = Term(
    "offer_days",
    "An offer of a weekly seat ends at 12:00 after this many working days",
    "A second text goes out on the working day before.",
    default=2,
    least=1,
    most=5,
)
SINGLE_HOURS = Term(
    "single_hours",
    "An offer of one session ends after this many hours",
    "Between 09:00 and 18:00, and always an hour before the session.",
    default=2,
    least=1,
    most=6,
)
BY_HAND_DAYS = Term(
    "by_hand_days",
    "Somebody new on the waiting list is yours to place for this many working days",
    "After that free seats are offered to them without asking.",
    default=2,
    least=0,
    most=10,
)
STILL_WANTED_WEEKS = Term(
    "still_wanted_weeks",
    "Who waits is asked every so many weeks whether they still want a place",
    "Silence makes a call, never a removal.",
    default=6,
    least=2,
    most=12,
)
PAUSE_WEEKS = Term(
    "pause_weeks",
    "A seat is kept through a pause for at most this many weeks",
    "Its sessions are lent meanwhile.",
    default=12,
    least=2,
    most=26,
)
WEEKLY_TEXTS = Term(
    "weekly_texts",
    "With this many texts in a week, home exercises and check-ins wait",
    "Reminders, offers, changes and answers always go.",
    default=5,
    least=1,
    most=7,
)
ALL = (OFFER_DAYS, SINGLE_HOURS, BY_HAND_DAYS, STILL_WANTED_WEEKS, PAUSE_WEEKS, WEEKLY_TEXTS)


def of(clinic_id: int, term: Term) -> int:
    """The clinic's number, or the default."""
    return in_row(queries.clinic(clinic_id), term)


def in_row(row: Clinic, term: Term) -> int:
    """The same for a clinic at hand; a number outside the bounds counts as the nearest inside."""
    given = row.settings.get(term.name, term.default)
    return min(max(given, term.least), term.most) if isinstance(given, int) else term.default


def read(typed: Mapping[str, str]) -> dict[str, int]:
    """The numbers typed; what the form did not hold is left out. Raises SettingsProblem, all at once."""
    found, errors = {}, {}
    for term in ALL:
        if (words := typed.get(term.name)) is None:
            continue
        number = int(words.strip()) if words.strip().isdecimal() and len(words.strip()) < 4 else -1
        if term.least <= number <= term.most:
            found[term.name] = number
        else:
            errors[term.name] = f"Enter a whole number from {term.least} to {term.most}"
    if errors:
        raise SettingsProblem(errors)
    return found


@transaction()
def change(*, clinic_id: int, numbers: Mapping[str, int], by: Viewer) -> None:
    """Keep these from now on; offers and texts already planned stay as they are."""
    row = db.session.get_one(Clinic, clinic_id, with_for_update=True)
    changed = {name: number for name, number in numbers.items() if row.settings.get(name) != number}
    if changed:
        row.settings = {**row.settings, **changed}
        audit.record("clinic.terms_changed", by=by, about=row, clinic_id=clinic_id, **changed)
