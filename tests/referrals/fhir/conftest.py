"""A practice's computer with its API key, and the world it refers into."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clinic.access import services as access
from clinic.extensions import db
from clinic.viewer import acting_as, system
from tests.referrals.factories import TEST, World, a_world

MEDIA = "application/fhir+json"


@dataclass
class Sender:
    """A system that speaks FHIR with one key."""

    browser: FlaskClient
    key: str

    def post(self, body: Any, path: str = "/fhir", **headers: str):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.browser.post(path, data=data, headers=self._headers(headers))

    def put(self, body: Any, path: str, **headers: str):
        return self.browser.put(path, data=json.dumps(body), headers=self._headers(headers))

    def get(self, path: str, **headers: str):
        return self.browser.get(path, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.key}", "Content-Type": MEDIA}
        return own | {name.replace("_", "-"): value for name, value in more.items()}


@dataclass
class Place:
    """The application, its world, and the systems of both practices."""

    app: Flask
    world: World
    mine: Sender
    theirs: Sender

    def look(self, statement):
        """Rows, seen by the service itself."""
        with self.app.app_context(), acting_as(system("looking in tests")):
            return list(db.session.scalars(statement))


@pytest.fixture
def place(app) -> Place:
    with app.app_context(), acting_as(TEST):
        world = a_world()
        keys = [
            access.add_client(name="System", organisation=practice, by=TEST)
            for practice in (world.practice, world.other_practice)
        ]
    return Place(app, world, *(Sender(app.test_client(), key) for key in keys))
