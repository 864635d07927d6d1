"""The room's pages; importing a module adds its routes to the blueprint."""

from __future__ import annotations

from clinic.classes.views import (
    absences,
    breaks,
    classes,
    days_off,
    edits,
    month,
    packs,
    placement,
    plans,
    register,
    register_people,
    roster_proposal,
    sessions,
    slots,
    standing,
    transport,
    venues,
    waiting,
)
from clinic.classes.views.blueprint import bp

__all__ = [
    "absences",
    "blueprints",
    "breaks",
    "classes",
    "days_off",
    "edits",
    "month",
    "packs",
    "placement",
    "plans",
    "register",
    "register_people",
    "roster_proposal",
    "sessions",
    "slots",
    "standing",
    "transport",
    "venues",
    "waiting",
]
blueprints = (bp,)
