"""The room's pages; importing a module adds its routes to the blueprint."""

from __future__ import annotations

from clinic.classes.views import (
    classes,
    packs,
    placement,
    register,
    register_people,
    roster_proposal,
    sessions,
    slots,
    transport,
    waiting,
)
from clinic.classes.views.blueprint import bp

__all__ = [
    "blueprints",
    "classes",
    "packs",
    "placement",
    "register",
    "register_people",
    "roster_proposal",
    "sessions",
    "slots",
    "transport",
    "waiting",
]
blueprints = (bp,)
