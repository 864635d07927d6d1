"""A drill's world per test, on either database; everything it started ends with it."""

import pytest

from benchmarks.drill.world import World


@pytest.fixture
def world(database, make_app, tmp_path):
    """Two hundredths of the real times: a lease of 6 s, a grace of 45 s."""

    def app_of(config):
        from clinic.app import create_app

        return create_app(config)

    made = World(app_of, database, tmp_path, scale=0.05)
    yield made
    made.stop()
    from clinic.extensions import db

    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()
