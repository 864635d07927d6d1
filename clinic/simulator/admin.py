"""`/_sim/`: what a drill scripts and reads. Not Twilio's; open to this machine only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from .api import simulator
from .faults import UnknownFault
from .webhooks import status_form

bp = Blueprint("admin", __name__, url_prefix="/_sim")


@bp.errorhandler(ValueError)
@bp.errorhandler(UnknownFault)
@bp.errorhandler(TypeError)
@bp.errorhandler(KeyError)
def refuse(problem: Exception) -> tuple[Response, int]:
    return jsonify(error=str(problem)), 400


@bp.get("/faults")
def faults() -> Response:
    return jsonify(faults=simulator().faults.read())


@bp.post("/faults")
def add_faults() -> Response:
    """One rule or a list; `faults.py` names the kinds."""
    given = request.get_json()
    simulator().faults.add(given if isinstance(given, list) else [given])
    return faults()


@bp.delete("/faults")
def clear_faults() -> Response:
    simulator().faults.clear()
    return faults()


@bp.get("/tempo")
def tempo() -> Response:
    return jsonify(asdict(simulator().tempo))


@bp.post("/tempo")
def change_tempo() -> Response:
    simulator().tempo.change(request.get_json())
    return tempo()


@bp.get("/log")
def log() -> Response:
    """Every accept in order from `?after=` on, `?to=` one number, with its webhooks and where it stands."""
    after, to = int(request.args.get("after", 0)), request.args.get("to")
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in simulator().store.all("SELECT * FROM events WHERE kind = 'callback' ORDER BY due, id"):
        told[row["sid"]].append({name: row[name] for name in ("status", "state", "tries", "answer")})
    now = {row["sid"]: row["status"] for row in simulator().store.all("SELECT sid, status FROM messages")}
    accepts = [
        accept
        | {
            "status": now.get(accept["sid"], "deleted"),
            "callbacks": told[accept["sid"]],
            "attempts": sum(entry["tries"] for entry in told[accept["sid"]]),
        }
        for accept in simulator().journal.read(after)
        if to is None or accept["to"] == to
    ]
    return jsonify(accepts=accepts)


@bp.get("/stats")
def stats() -> Response:
    pending = simulator().store.one("SELECT COUNT(*) AS n FROM events WHERE state IN ('waiting', 'running')")
    return jsonify(simulator().gauges.read() | {"pending_events": pending["n"] if pending else 0})


@bp.delete("/stats")
def clear_stats() -> Response:
    simulator().gauges.clear()
    return stats()


@bp.post("/phones")
def name_phones() -> Response:
    """`[{"number", "label"}]`: put them on the page, or rename them."""
    given = [(str(phone["number"]), str(phone["label"])) for phone in request.get_json()]
    simulator().phones.name(given)
    return jsonify(phones=len(given))


@bp.post("/inbound")
def inbound() -> Response:
    """`{"from", "body", "times"}`: a text from this phone, its webhook posted `times` times over."""
    given = request.get_json()
    sid = simulator().replies.send(str(given["from"]), str(given["body"]), times=int(given.get("times", 1)))
    simulator().carrier.wake()
    return jsonify(sid=sid)


@bp.post("/callbacks")
def callback() -> Response:
    """A signed callback at will, posted now: `{"sid", "status", "url", "error_code", "to", "times"}`.

    For an unknown sid, or one that is days late, repeated or false; `url` is needed for an unknown sid.
    """
    given, running = request.get_json(), simulator()
    known = running.messages.find(given["sid"])
    row = dict(known) if known else {"sid": given["sid"], "sender": running.settings.sender, "service": None}
    row = {"recipient": given.get("to", ""), "updated": 0, "callback": given.get("url", "")} | row
    form = status_form(row, given["status"], given.get("error_code"), running.settings.account_sid)
    url, token = given.get("url") or row["callback"], str(uuid4())
    times = range(int(given.get("times", 1)))
    return jsonify(answers=[running.carrier.webhooks.post(url, form, token=token).answer for _ in times])
