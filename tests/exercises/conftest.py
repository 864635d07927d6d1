"""A small world whose people have plans, seen by the system."""

from collections.abc import Iterator

import pytest

from clinic.viewer import acting_as
from tests.referrals.factories import TEST, World, a_world


@pytest.fixture
def world(app_context) -> Iterator[World]:
    with acting_as(TEST):
        yield a_world()
