"""Whether a rule book that nobody has signed may be used for patients, and what staff are told (F27)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clinic.protocol.model import Protocol


class BadWaiver(ValueError):
    """The permission to run unsigned lacks something; `field` names what."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person lets a clinic run on an unsigned rule book, for a reason, up to and including a day."""

    name: str
    reason: str
    until: date

    def to_json(self) -> dict[str, str]:
        """As a clinic's settings keep it."""
        return {"name": self.name, "reason": self.reason, "until": self.until.isoformat()}


def waiver(raw: Mapping[str, Any] | None) -> Waiver | None:
    """A clinic's setting, or None when any part of it is missing or cannot be read."""
    try:
        found = (
            Waiver(str(raw["name"]), str(raw["reason"]), date.fromisoformat(raw["until"])) if raw else None
        )
    except (KeyError, TypeError, ValueError):
        return None
    return found if found and found.name.strip() and found.reason.strip() else None


def new_waiver(name: str, reason: str, until: date | None, today: date) -> Waiver:
    """A waiver as typed on a clinic date; raises BadWaiver."""
    if not name.strip():
        raise BadWaiver("name", "Enter the name of the person who answers for it")
    if not reason.strip():
        raise BadWaiver("reason", "Enter why the service runs before the rules are signed")
    if until is None or until <= today:
        raise BadWaiver("until", "Enter a day in the future on which this ends")
    return Waiver(name.strip(), reason.strip(), until)


def refusal(book: Protocol, given: Waiver | None, today: date) -> str | None:
    """Why nobody may be accepted on this rule book on a clinic date; None when somebody may."""
    if not book.needs_sign_off:
        return None
    if given is None:
        return (
            f"The rules of {book.id} are not signed by a clinician. Before anybody can be accepted, an "
            "administrator has to enter who answers for running unsigned, why, and until when."
        )
    if today > given.until:
        return (
            f"The permission to run on the unsigned rules of {book.id} ended on {_day(given.until)}. "
            "Nobody can be accepted until the rules are signed or an administrator renews it."
        )
    return None


def banner(book: Protocol, given: Waiver | None, today: date) -> str | None:
    """What stands on top of staff pages while a rule book is unsigned."""
    if not book.needs_sign_off:
        return None
    if given is None or today > given.until:
        return f"The rules of {book.id} need clinical sign-off: nobody can be accepted."
    return (
        f"The rules of {book.id} need clinical sign-off. {given.name} answers for running "
        f"unsigned until {_day(given.until)}: {given.reason.rstrip('.')}."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
