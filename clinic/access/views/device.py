"""The cookie of a remembered device: a referrer's browser skips the code for 30 days (F44)."""

from __future__ import annotations

from flask import Response, current_app, request

from clinic.access import second_step
from clinic.access.models import Role, User


def _name() -> str:
    return current_app.config["SESSION_COOKIE_NAME"] + "_device"


def given() -> str | None:
    return request.cookies.get(_name())


def remember(answer: Response, user: User) -> Response:
    """Give the cookie to a referrer's browser; staff get none, whatever they sent."""
    if user.role is Role.REFERRER:
        answer.set_cookie(
            _name(),
            second_step.device_mark(user),
            max_age=second_step.DEVICE_LASTS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return answer
