"""Services are called directly here: inside the application, asked by the system."""

import pytest
import time_machine

from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_clinic
from tests.classes.house import House


@pytest.fixture
def asked(app_context):
    with acting_as(BY):
        yield


@pytest.fixture
def clinic(asked):
    return a_clinic()


@pytest.fixture
def house(app):
    with time_machine.travel(NOW, tick=False):
        yield House(app)
