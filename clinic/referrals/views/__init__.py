"""The room's pages; importing a module adds its routes to the blueprint."""

from clinic.referrals.views.blueprint import bp

blueprints = (bp,)
