"""Every route says who may come in: a permission, or public with the reason. A house test walks them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select

from clinic import viewer as viewers
from clinic.access import pins, sessions
from clinic.access.models import ApiClient
from clinic.access.permissions import Permission, may
from clinic.extensions import db

View = Callable[..., ResponseReturnValue]


def requires(permission: Permission, *, signed_out: View | None = None) -> Callable[[View], View]:
    """Only viewers whose role holds the permission; others are sent to sign in, or see "not found".

    `signed_out` answers instead when nobody is signed in: it may keep what was typed, and shows nothing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            who = viewers.current_or_none()
            if who is None:
                return signed_out(*args, **kwargs) if signed_out else _to_sign_in()
            if not may(who.role, permission):
                abort(404)
            return view(*args, **kwargs)

        guarded.policy = permission.value  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """Anybody who is signed in, whatever the role."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if viewers.current_or_none() is None:
            return _to_sign_in()
        return view(*args, **kwargs)

    guarded.policy = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(reason: str) -> Callable[[View], View]:
    """Anybody; the reason is part of the route's declaration."""

    def decorate(view: View) -> View:
        view.policy = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return decorate


def client_key(unauthorised: Callable[[], ResponseReturnValue]) -> Callable[[View], View]:
    """Only a referring organisation's computer, by `Authorization: Bearer <key>`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            who = viewer_of_key(request.headers.get("Authorization", ""))
            if who is None:
                return unauthorised()
            with viewers.acting_as(who):
                return view(*args, **kwargs)

        guarded.policy = "client_key"  # type: ignore[attr-defined]
        return guarded

    return decorate


def viewer_of_key(authorization: str) -> viewers.Viewer | None:
    """The client a bearer key belongs to; None for an unknown or revoked one."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    digest = hashlib.sha256(key.strip().encode()).hexdigest()
    row = db.session.scalars(_OF_KEY, {"digest": digest}).first()
    return viewers.client(row.id, row.organisation_id) if row else None


# built once: every call of a practice's system begins with it
_OF_KEY = select(ApiClient).where(ApiClient.key_hash == bindparam("digest"), ApiClient.revoked_at.is_(None))


def install(app: Flask) -> None:
    """Set the viewer of every request from its server-side session, and take it away afterwards."""

    @app.before_request
    def _who() -> None:
        user = sessions.user_of(session.get("sign_in"))
        g.user = user
        viewer = sessions.viewer_of(user) if user is not None else None
        g.viewer = viewer
        g.viewer_scope = viewers.acting_as(viewer)
        g.viewer_scope.__enter__()

    @app.teardown_request
    def _nobody(error: BaseException | None) -> None:
        scope = g.pop("viewer_scope", None)
        if scope is not None:
            scope.__exit__(None, None, None)


def _to_sign_in() -> ResponseReturnValue:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if pins.locked_user(session.get("sign_in")) is not None:
        return redirect(url_for("access.unlock", next=here))
    return redirect(url_for("access.sign_in", next=here))
