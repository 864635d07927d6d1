"""Applications for the tests: built once a worker for each database, and lent as new.

Building one compiles every route, 0.1 s of CPU, which is more than most tests need. A test that wants other
settings, a second application or a route of its own gets one built for it.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.databases import Database
from tests.strict_templates import MemoryBytecodeCache, StrictInOurTemplates

COMPILED = MemoryBytecodeCache()  # a page is compiled once a worker, not once a test


@dataclass
class Kept:
    """An application, what it was built with, and the task class that building it made everybody's."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]
    task: type


class Applications:
    """A worker's applications, one for each database with nothing overridden."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def as_new(self, database: Database) -> Flask:
        """The kept one, as it was when built. Where another has been built since, so is this."""
        from clinic.extensions import celery, limiter

        kept = self._kept.get(database.url)
        if kept is None or celery.Task is not kept.task:
            app = build(database)
            kept = Kept(app, dict(app.config), dict(app.extensions), celery.Task)
            self._kept[database.url] = kept
        else:
            _give_back(kept.app.config, kept.config)
            _give_back(kept.app.extensions, kept.extensions)
        with kept.app.app_context():
            limiter.reset()
        return kept.app


def build(database: Database, **overrides: object) -> Flask:
    """An application of the test's own; templates are strict about names."""
    from clinic.app import create_app

    app = create_app(database.config(**overrides))
    app.testing = True
    app.jinja_env.undefined = StrictInOurTemplates
    app.jinja_env.bytecode_cache = COMPILED
    return app


def let_go(app: Flask) -> None:
    """Close what it holds of its database."""
    from clinic.extensions import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _give_back(table: dict[str, Any], as_built: dict[str, Any]) -> None:
    table.clear()
    table.update(as_built)
