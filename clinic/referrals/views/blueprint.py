"""The one blueprint of this room: pages of the referrer's side and of the front desk."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("referrals", "clinic.referrals", template_folder="templates")
