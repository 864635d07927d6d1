"""Services are called directly here: inside the application, asked by the system."""

import pytest

from clinic.viewer import acting_as
from tests.classes.factories import BY, a_clinic


@pytest.fixture
def asked(app_context):
    with acting_as(BY):
        yield


@pytest.fixture
def clinic(asked):
    return a_clinic()
