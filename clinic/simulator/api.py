"""Twilio's Messages requests: create, list, fetch, redact, cancel, delete."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, jsonify, request

from . import contract, exchange
from .answers import problem
from .messages import NotFinished
from .simulator import Simulator

bp = Blueprint("api", __name__, url_prefix=f"/{contract.API_VERSION}/Accounts/<account>")


def simulator() -> Simulator:
    running: Simulator = current_app.extensions["simulator"]
    return running


@bp.url_value_preprocessor
def _forget_account(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None:
        g.account = values.pop("account")


@bp.before_request
def authenticate() -> Response | None:
    """Count the connection, then ask who is there: 20003 for a wrong key, 20404 for another account."""
    if (connection := request.environ.get("simulator.connection")) is not None:
        connection.count(simulator().gauges)
    settings, given = simulator().settings, request.authorization
    user, password = (given.username or "", given.password or "") if given else ("", "")
    same_password = hmac.compare_digest(password.encode(), settings.auth_token.encode())
    if user != settings.account_sid or not same_password:
        response = problem(20003)
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return response
    return problem(20404) if g.account != settings.account_sid else None


@bp.post("/Messages.json")
def create() -> Response:
    return exchange.create(simulator(), request.form)


@bp.get("/Messages.json")
def list_messages() -> Response:
    """Newest first, 50 a page (at most 1000). Messages show up late, each after its own lag."""
    fault = simulator().faults.answer("list", request.args.get("To"))
    if fault is not None and (broken := exchange.before(simulator(), fault)) is not None:
        return broken
    try:
        wheres, before = _wheres(), _before()
        size = min(max(int(request.args.get("PageSize", 50)), 1), contract.LARGEST_PAGE)
        page = int(request.args.get("Page", 0))
    except ValueError:
        return problem(20001)
    rows = simulator().messages.page(wheres, before=before, size=size)
    shown = rows[:size]
    following = f"PA{shown[-1]['id']:032x}" if len(rows) > size else None
    return jsonify(
        {
            "end": page * size + max(len(shown) - 1, 0),
            "first_page_uri": _page_uri(0, size),
            "messages": [contract.message_json(row, simulator().settings.account_sid) for row in shown],
            "next_page_uri": _page_uri(page + 1, size, following) if following else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": None,
            "start": page * size,
            "uri": request.full_path.rstrip("?"),
        }
    )


@bp.get("/Messages/<sid>.json")
def fetch(sid: str) -> Response:
    fault = simulator().faults.answer("fetch")
    if fault is not None and (broken := exchange.before(simulator(), fault)) is not None:
        return broken
    return _show(sid)


@bp.post("/Messages/<sid>.json")
def update(sid: str) -> Response:
    """An empty Body redacts a finished message; Status=canceled stops one that has not gone out."""
    if simulator().messages.find(sid) is None:
        return problem(20404)
    try:
        if request.form.get("Status") == "canceled":
            simulator().messages.cancel(sid)
            simulator().carrier.wake()
        elif request.form.get("Body") == "":
            simulator().messages.redact(sid)
        else:
            return problem(20001)
    except NotFinished:
        return problem(20009)
    return _show(sid)


@bp.delete("/Messages/<sid>.json")
def delete(sid: str) -> Response:
    if simulator().messages.find(sid) is None:
        return problem(20404)
    try:
        simulator().messages.delete(sid)
    except NotFinished:
        return problem(20009)
    return Response(status=204)


def _show(sid: str) -> Response:
    row = simulator().messages.find(sid)
    if row is None:
        return problem(20404)
    return jsonify(contract.message_json(row, simulator().settings.account_sid))


def _wheres() -> list[tuple[str, Any]]:
    wheres: list[tuple[str, Any]] = []
    for name, column in (("To", "recipient"), ("From", "sender")):
        if value := request.args.get(name):
            wheres.append((f"{column} = ?", value))
    for name in ("DateSent", "DateSent>", "DateSent<"):
        if text := request.args.get(name):
            first, last = contract.day_or_instant(text)
            if name != "DateSent<":
                wheres.append(("sent >= ?", first))
            if name != "DateSent>":
                wheres.append(("sent <= ?", last))
    return wheres


def _before() -> int | None:
    token = request.args.get("PageToken")
    return int(token.removeprefix("PA"), 16) if token else None


def _page_uri(page: int, size: int, token: str | None = None) -> str:
    filters = {name: request.args[name] for name in request.args if not name.startswith("Page")}
    following = {"PageToken": token} if token else {}
    return f"{request.path}?{urlencode(filters | {'PageSize': size, 'Page': page} | following)}"
