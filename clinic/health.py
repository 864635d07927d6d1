"""Is it alive, is it ready, what is it doing: for probes and for Prometheus."""

from __future__ import annotations

import hmac
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import redis
from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from clinic.access.guards import public
from clinic.access.models import Heartbeat
from clinic.columns import config
from clinic.config import BadConfig
from clinic.extensions import db, now
from clinic.notifications import metrics as messages
from clinic.viewer import acting_as, system
from clinic.worklist.models import Alert, WorkState

bp = Blueprint("health", __name__)
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
BEAT_LATE = timedelta(minutes=3)


@bp.get("/healthz")
@public("probes; says only that the process answers")
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@public("probes; five words, no data")
def readyz() -> ResponseReturnValue:
    """503 only when the database or its migrations are not there; anything else is `degraded`."""
    with acting_as(system("readyz")):
        checks = database_checks()
        down = set(checks.values()) != {"ok"}
        checks["broker"] = _broker()
        checks["heartbeat"] = "unknown" if down else _heartbeat()
        checks["alerts"] = "unknown" if down else _alerts()
    status = "down" if down else "ok" if set(checks.values()) == {"ok"} else "degraded"
    return jsonify(status=status, checks=checks), 503 if down else 200


@bp.get("/metrics")
@public("Prometheus; asks for METRICS_TOKEN as a bearer")
def metrics() -> ResponseReturnValue:
    """Computed from the database at the scrape, so that every process tells the same."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), config().metrics_token.get_secret_value().encode()):
        abort(404)
    with acting_as(system("metrics")):
        lines = [*messages.lines(now()), *_alert_lines()]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def database_checks() -> dict[str, str]:
    """Whether the database answers, and whether it is migrated: without both nothing can be served."""
    database = _database()
    return {"database": database, "migrations": _migrations() if database == "ok" else "unknown"}


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except (SQLAlchemyError, BadConfig):  # not there, or a login that may not serve
        return "down"
    return "ok"


@lru_cache(maxsize=1)
def _newest() -> str:
    """The newest migration of this version of the code; file names begin with their number."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _migrations() -> str:
    try:
        have = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        db.session.rollback()
        return "missing"
    return "ok" if have == _newest() else "behind"


def _broker() -> str:
    if config().embedded:
        return "ok"
    try:
        redis.Redis.from_url(config().redis_url, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError:
        return "down"
    return "ok"


def _heartbeat() -> str:
    beat = db.session.get(Heartbeat, "beat")
    return "ok" if beat and now() - beat.at < BEAT_LATE else "late"


def _alerts() -> str:
    late = select(func.count(Alert.id)).where(Alert.state == WorkState.OPEN, Alert.due_at < now())
    return "ok" if not db.session.scalar(late) else "late"


def _alert_lines() -> list[str]:
    count = db.session.scalar(select(func.count(Alert.id)).where(Alert.state == WorkState.OPEN))
    return [
        "# HELP upright_open_alerts Alerts nobody has closed",
        "# TYPE upright_open_alerts gauge",
        f"upright_open_alerts {count}",
    ]
