"""What staff type on the desk's pages, made into the values that services take; problems by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

Errors = dict[str, str]

# name in the form, name in the case, unit for people, highest that is taken without asking again
TESTS = (
    ("tug", "timed_up_and_go_s", "Timed Up and Go, in seconds", 300.0),
    ("chair", "chair_stand_30s", "Chair stands in 30 seconds", 60.0),
    ("gait", "gait_speed_m_s", "Walking speed, in metres a second", 3.0),
    ("tandem", "tandem_stance_s", "Heel-to-toe stand, in seconds", 120.0),
)
YES_NO = {"yes": True, "no": False}
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "pain.trend": (("better", "Better"), ("same", "The same"), ("worse", "Worse")),
    "fracture.site": (("vertebral", "Spine"), ("hip", "Hip"), ("wrist", "Wrist"), ("other", "Another bone")),
    "fracture.confirmed_by": (
        ("xray", "X-ray"),
        ("ct", "CT"),
        ("mri", "MRI"),
        ("dxa_vfa", "DXA"),
        ("not_confirmed", "Not confirmed"),
    ),
}
NUMBERS = {"falls.count_12m": 99, "pain.rest": 10, "pain.movement": 10}
DATES = ("fracture.date", "fracture.cement_procedure_on", "person.birth_date")


def kind_of(path: str) -> str:
    """How a missing fact is asked: number, choice, date or yes_no."""
    if path in NUMBERS:
        return "number"
    if path in CHOICES:
        return "choice"
    return "date" if path in DATES else "yes_no"


def screen_answers(form: Mapping[str, str], paths: list[str]) -> tuple[dict[str, Any], Errors]:
    """The answered facts of a phone screen; a question left open stays unknown."""
    facts: dict[str, Any] = {}
    errors: Errors = {}
    for path in paths:
        name = field_name(path)
        kind = kind_of(path)
        try:
            value = _partial_date(form, name) if kind == "date" else _plain(form.get(name, ""), kind, path)
        except ValueError as problem:
            errors[name] = str(problem)
            continue
        if value is not None:
            facts[path] = value
    return facts, errors


def field_name(path: str) -> str:
    return path.replace(".", "-")


def _plain(typed: str, kind: str, path: str) -> Any:
    typed = typed.strip()
    if not typed or typed == "unknown":
        return None
    if kind == "yes_no":
        return YES_NO.get(typed)
    if kind == "choice":
        return typed if typed in dict(CHOICES[path]) else None
    if not typed.isdigit() or int(typed) > NUMBERS[path]:
        raise ValueError(f"Enter a whole number from 0 to {NUMBERS[path]}")
    return int(typed)


def _partial_date(form: Mapping[str, str], name: str) -> str | None:
    """2026-08-03, 2026-08 or 2026, as far as it is known; None when nothing was typed."""
    day, month, year = (form.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year"))
    if not (day or month or year):
        return None
    if not year.isdigit() or len(year) != 4 or (day and not month):
        raise ValueError("Enter at least a year, such as 2026; a day needs its month")
    try:
        whole = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ValueError("That date does not exist. Check the day and the month") from None
    return whole.isoformat()[: 10 if day else 7 if month else 4]


def whole_date(form: Mapping[str, str], name: str, *, today: date) -> date:
    """A full date that is not in the future. Raises ValueError with the words to show."""
    typed = _partial_date(form, name)
    if typed is None or len(typed) < 10:
        raise ValueError("Enter the day, month and year")
    found = date.fromisoformat(typed)
    if found > today:
        raise ValueError("That date is in the future")
    return found


def test_results(form: MultiDict[str, str], on: date) -> tuple[list[dict[str, Any]], Errors]:
    """The tests that were done: a number, or tried and unable; impossible numbers are asked again."""
    results: list[dict[str, Any]] = []
    errors: Errors = {}
    for name, test, label, highest in TESTS:
        typed = form.get(name, "").strip().replace(",", ".")
        if form.get(f"{name}-unable"):
            results.append({"name": test, "unable": True, "on": on.isoformat()})
            continue
        if not typed:
            continue
        try:
            value = float(typed)
        except ValueError:
            value = -1.0
        if not 0 <= value <= highest or (name == "tug" and value < 3):
            lowest = "3" if name == "tug" else "0"
            errors[name] = f"{label}: enter a number from {lowest} to {highest:g}"
            continue
        if name == "chair" and value != int(value):
            errors[name] = f"{label}: enter a whole number"
            continue
        result: dict[str, Any] = {"name": test, "value": value, "on": on.isoformat()}
        if name == "chair":
            result |= {"value": int(value), "used_arms": bool(form.get("chair-arms"))}
        results.append(result)
    return results, errors
