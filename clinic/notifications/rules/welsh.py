"""Days and months in Welsh, for the moments a text names; everything else in a text is its own wording.

The short forms keep to letters that GSM-7 has. Needs review by a Welsh speaker, like the wording.
"""

import re
from typing import Any

DAYS = {
    "Mon": "Llun",
    "Tue": "Mawrth",
    "Wed": "Mercher",
    "Thu": "Iau",
    "Fri": "Gwener",
    "Sat": "Sadwrn",
    "Sun": "Sul",
}
MONTHS = {
    "Jan": "Ion",
    "Feb": "Chwef",
    "Mar": "Maw",
    "Apr": "Ebr",
    "May": "Mai",
    "Jun": "Meh",
    "Jul": "Gorff",
    "Aug": "Awst",
    "Sep": "Medi",
    "Oct": "Hyd",
    "Nov": "Tach",
    "Dec": "Rhag",
}
_SAID = DAYS | MONTHS
_WORD = re.compile(rf"\b(?:{'|'.join(_SAID)})\b")
MOMENTS = frozenset({"day", "date", "old_day", "old_date", "until", "opens", "since", "lines"})


def in_welsh(data: dict[str, Any]) -> dict[str, Any]:
    """The same facts with their days and months in Welsh; names and venues are left alone."""
    return {name: _said(value) if name in MOMENTS else value for name, value in data.items()}


def _said(value: Any) -> Any:
    if isinstance(value, str):
        return _WORD.sub(lambda found: _SAID[found[0]], value)
    if isinstance(value, list):
        return [in_welsh(dict(line)) for line in value]
    return value
