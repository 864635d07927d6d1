"""The page of handsets: read what each phone received, and write back as its owner would."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for

from .api import simulator
from .contract import LONGEST_BODY

bp = Blueprint("handset", __name__)

QUICK = ("1", "2", "DONE", "PAIN 7")
POLL_SECONDS = 2


@bp.before_app_request
def refuse_other_sites() -> None:
    """No page elsewhere may text as somebody, or script a fault, from the reader's own browser."""
    from_where = request.headers.get("Sec-Fetch-Site", "none")
    if request.method != "GET" and from_where not in {"none", "same-origin"}:
        abort(403)


def nonce() -> str:
    """One per answer; the page's script carries it."""
    word: str = g.setdefault("nonce", secrets.token_urlsafe(16))
    return word


@bp.after_request
def protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.app_template_filter("clock")
def clock(seconds: float) -> str:
    """The time a text shows, in this machine's zone; with the date when it is not from today."""
    at = datetime.fromtimestamp(seconds).astimezone()
    return at.strftime("%H:%M" if at.date() == datetime.now().astimezone().date() else "%a %d %b %H:%M")


@bp.get("/")
def page() -> str:
    words = request.args.get("q", "").strip()
    newest = simulator().phones.newest()
    return render_template(
        "handset.html", phones=simulator().phones.search(words), words=words, newest=newest, quick=QUICK,
        poll_seconds=POLL_SECONDS, longest=LONGEST_BODY, nonce=nonce(),
    )  # fmt: skip


@bp.get("/phones/<int:phone_id>")
def phone(phone_id: int) -> str:
    """One phone alone, as a piece of the page."""
    found = simulator().phones.find(phone_id) or abort(404)
    return render_template("_phone.html", phone=found, words="", quick=QUICK, longest=LONGEST_BODY)


@bp.get("/changes")
def changes() -> Response:
    """Which phones have a text after number `?after=`, and the newest number now."""
    newest = simulator().phones.newest()
    return jsonify(newest=newest, phones=simulator().phones.changed(request.args.get("after", 0, type=int)))


@bp.post("/phones/<int:phone_id>/replies")
def reply(phone_id: int) -> tuple[str, int] | Response:
    """Text the clinic from this phone: a quick button's word, else what is in the box."""
    found = simulator().phones.find(phone_id) or abort(404)
    body = request.form.get("quick") or request.form.get("body", "").strip()
    if body:
        simulator().replies.send(found.number, body[:LONGEST_BODY])
        simulator().carrier.wake()
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return "", 204
    words = request.form.get("q") or None
    return redirect(url_for("handset.page", q=words, _anchor=f"phone-{phone_id}"), 303)  # type: ignore[return-value]
