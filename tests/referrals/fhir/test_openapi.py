"""What the OpenAPI file says is what happens: schemathesis tries each operation with good and bad data."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = (
    "metadata",
    "transaction",
    "triage",
    "processMessage",
    "findServiceRequests",
    "readServiceRequest",
    "withdraw",
    "findTasks",
    "readTask",
    "findDocuments",
    "readDocument",
    "readBinary",
)


def operations(place) -> dict:
    schema = schemathesis.openapi.from_wsgi("/fhir/openapi.yaml", place.app)
    found = [result.ok() for result in schema.get_all_operations()]
    return {one.definition.raw["operationId"]: one for one in found}


def test_every_operation_is_tried(place):
    assert set(operations(place)) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_its_file_says(place, name):
    place.app.config["FHIR_RATE"] = "100000 per minute"
    headers = {"Authorization": f"Bearer {place.mine.key}"}

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations(place)[name].as_strategy())
    def tried(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    tried()
