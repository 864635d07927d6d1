"""Every client of a race has a connection of its own, as if each sat in a process of its own."""

import pytest

from clinic.extensions import db
from tests.races.harness import SUITE


@pytest.fixture(autouse=True)
def a_connection_for_every_client(monkeypatch):
    monkeypatch.setitem(db._engine_options, "pool_size", SUITE.clients)
