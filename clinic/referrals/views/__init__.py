"""The room's pages; importing a module adds its routes to the blueprint."""

from __future__ import annotations

from clinic.referrals.views import (
    desk,
    documents,
    entry,
    letters,
    letters_out,
    mine,
    refer,
    registered,
    second_look,
    unsigned,
    webhooks,
)
from clinic.referrals.views.blueprint import bp

__all__ = [
    "blueprints",
    "desk",
    "documents",
    "entry",
    "letters",
    "letters_out",
    "mine",
    "refer",
    "registered",
    "second_look",
    "unsigned",
    "webhooks",
]
blueprints = (bp,)
