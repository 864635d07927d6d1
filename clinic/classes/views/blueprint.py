"""The one blueprint of this room, and the words its pages share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

bp = Blueprint("classes", "clinic.classes", template_folder="templates")

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PHASES = (("P1", "Phase 1"), ("P2", "Phase 2"), ("P3", "Phase 3"))
BANDS = (
    ("high", "High supervision"),
    ("intermediate", "Intermediate supervision"),
    ("low", "Low supervision"),
)
MODALITIES = (("land", "On land"), ("water", "In water"), ("video", "By video"))
ROLES = (("physiotherapist", "Physiotherapist"), ("instructor", "Instructor"))
OUTCOMES = (
    ("attended", "Attended"),
    ("late", "Late"),
    ("attended_not_exercised", "Came, did not exercise"),
    ("did_not_attend", "Did not come"),
)
INCIDENTS = (
    ("fall", "Fall"),
    ("chest_pain", "Chest pain"),
    ("collapse", "Collapse"),
    ("new_back_pain", "New back pain"),
)


@bp.app_template_filter("level_words")
def level_words(row: object) -> str:
    """The level of a class or session in words: Phase 2, intermediate supervision."""
    phase, band = getattr(row, "level_phase", ""), getattr(row, "level_band", "")
    return f"{dict(PHASES).get(phase, phase)}, {band} supervision"


@bp.app_template_filter("month_words")
def month_words(day: date) -> str:
    """December 2026."""
    return f"{day:%B %Y}"


@bp.app_template_filter("outcome_words")
def outcome_words(outcome: str) -> str:
    """What the register says of a place, in plain words."""
    return dict(OUTCOMES).get(outcome, outcome.replace("_", " ").capitalize())
