"""What the two pages that invite people read and answer alike."""

from __future__ import annotations

from datetime import date

from clinic.access.services import AccessProblem

MISSING = {
    "email": "Enter the person's work e-mail address",
    "name": "Enter the person's name",
    "role": "Choose what the person does",
}


def last_day_in(typed: dict[str, str], errors: dict[str, str]) -> date | None:
    """A locum's last day, or None; what is no date goes to `errors`."""
    try:
        return date.fromisoformat(typed["last_day"]) if typed["last_day"] else None
    except ValueError:
        errors["last_day"] = "Enter the last day as year, month, day, such as 2026-12-31"
        return None


def refused(problem: AccessProblem) -> dict[str, str]:
    """What a service would not do, beside the field it is about."""
    return {"last_day" if "last day" in str(problem) else "email": str(problem)}
