"""The room's pages; importing a module adds its routes to the blueprint."""

from __future__ import annotations

from clinic.referrals.views import desk, mine, refer, second_look, unsigned
from clinic.referrals.views.blueprint import bp

__all__ = ["blueprints", "desk", "mine", "refer", "second_look", "unsigned"]
blueprints = (bp,)
