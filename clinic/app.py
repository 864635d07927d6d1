"""The app factory: configuration, extensions, both walls, blueprints, commands, the seven tables."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from celery import Task
from flask import Flask, Request, has_app_context
from flask_migrate import Migrate, upgrade
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

import clinic.wiring as tables
from clinic import cli, connections, health, schedule, shell, walls
from clinic.access import guards
from clinic.config import Config
from clinic.extensions import celery, csrf, db, limiter

ROOMS = (
    "access",
    "patients",
    "worklist",
    "notifications",
    "referrals",
    "referrals.fhir",
    "classes",
    "exercises",
    "desk",
    "reports",
)
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class InMemoryRequest(Request):
    """A file of a form stays in memory: nobody's report lies on a disk unencrypted, not even for a second."""

    def _get_file_stream(self, *sizes: Any, **told: Any) -> BytesIO:
        return BytesIO()


def create_app(config: Config | None = None) -> Flask:
    """A Flask app ready to serve; raises BadConfig when the environment cannot run it."""
    config = config or Config.load()
    app = Flask("clinic", template_folder="templates", static_folder="static")
    app.request_class = InMemoryRequest
    app.config.update(
        SECRET_KEY=config.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not config.demo,
        SESSION_COOKIE_NAME="upright" if config.demo else "__Host-upright",
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["upright_config"] = config
    wire(app, tables)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for extension in (db, csrf, limiter):
        extension.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        connections.keep(db.engine)
        walls.guard_engine(db.engine, refuse_powerful=not config.demo)
        if not config.demo:
            _try_database()
    _configure_celery(app, config)
    _register(app)
    return app


def _try_database() -> None:
    """Refuse to start with a login that may not serve; a server that is down is `/readyz`'s to tell."""
    with suppress(OperationalError), db.engine.connect():
        pass


def wire(app: Flask, seven_tables: ModuleType) -> None:
    """Hand the tables over; rooms read them through `extensions.wiring()`."""
    app.extensions["upright_wiring"] = seven_tables


def migrate(app: Flask) -> None:
    """Bring the database to the newest migration, as the schema's owner."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))


def _configure_celery(app: Flask, config: Config) -> None:
    celery.conf.update(
        broker_url=config.redis_url or "memory://localhost/",
        task_ignore_result=True,
        timezone="UTC",
        enable_utc=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        beat_schedule=schedule.beat_schedule(),
    )
    celery.Task = _task_of(app)
    celery.set_default()
    app.extensions["celery"] = celery


def _task_of(app: Flask) -> type[Task]:
    """Every task runs in an app context of its own, and so in a session of its own."""

    class AppTask(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if has_app_context():  # called as a function, inside somebody's transaction or test
                return self.run(*args, **kwargs)
            with app.app_context():
                return self.run(*args, **kwargs)

    return AppTask


def _register(app: Flask) -> None:
    """Models, blueprints and tasks of every room, then what stands around every page."""
    for room in ROOMS:
        for part in ("models", "tasks", "views"):
            module = _part(room, part)
            for blueprint in getattr(module, "blueprints", ()):
                app.register_blueprint(blueprint)
    app.register_blueprint(health.bp)
    guards.install(app)
    shell.install(app)
    cli.install(app)


def _part(room: str, part: str) -> ModuleType | None:
    """A room's module of this name; not every room has each."""
    name = f"clinic.{room}.{part}"
    return import_module(name) if find_spec(name) else None
