"""One clinic with an accepted, an assessed and a booked patient, and browsers for its people."""

from dataclasses import dataclass

import pytest

from clinic.referrals.models import Episode
from clinic.viewer import acting_as
from tests.exercises.people import a_taught_episode
from tests.factories import csrf
from tests.referrals import factories
from tests.referrals.factories import TEST, World


@dataclass(frozen=True)
class Ids:
    """Plain numbers, good in any context."""

    episode: int
    patient: int


@pytest.fixture
def world(app) -> World:
    """Users are reached through `as_staff`; rows are read in the test's own context."""
    with app.app_context(), acting_as(TEST):
        return factories.a_world()


@pytest.fixture
def accepted(app, world) -> Ids:
    """Mrs Okafor, awaiting her first assessment; whether she worries about falling is not known."""
    with app.app_context(), acting_as(TEST):
        case = factories.a_case(falls__worried=None, fracture__cause=None)
        return ids(factories.an_accepted_episode(world, case=case))


@pytest.fixture
def assessed(app, world) -> Ids:
    with app.app_context(), acting_as(TEST):
        return ids(a_taught_episode(world))


def ids(episode: Episode) -> Ids:
    return Ids(episode.id, episode.patient_id)


@pytest.fixture
def coordinator(app, world):
    return Person(factories.signed_in(app.test_client(), world.coordinator))


@pytest.fixture
def physiotherapist(app, world):
    return Person(factories.signed_in(app.test_client(), world.physiotherapist))


class Person:
    """Somebody at a browser."""

    def __init__(self, client):
        self.client = client

    def get(self, path: str):
        return self.client.get(path)

    def post(self, path: str, form_on: str | None = None, **typed: object):
        """Send a form; names may hold a dash, written as two underscores."""
        token = csrf(self.get(form_on or path).text)
        data = {name.replace("__", "-"): value for name, value in typed.items()}
        return self.client.post(path, data={"csrf_token": token, **data})
