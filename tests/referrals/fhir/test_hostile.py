"""Hostile and wrong bodies: always 4xx, always an OperationOutcome with its place, never a patient's data."""

import json
from io import BytesIO

import pytest
from sqlalchemy import func, select

from clinic.referrals.fhir.wire import LARGEST
from clinic.referrals.models import Referral
from tests.referrals.fhir.bundles import PATIENT, errors, issues, resource, where
from tests.referrals.fhir.hostile import EXAMPLES, JSON, PLANTED, planted
from tests.referrals.fhir.hostile_bytes import BYTES


def changed(name: str) -> dict:
    document = planted()
    JSON[name].change(document)
    return document


def complaints(name: str, answer, status: int, at: str | None = None) -> list[str]:
    """What is wrong with an answer to a wrong body; nothing, if all is well."""
    found = []
    if answer.status_code != status:
        found.append(f"{name}: {answer.status_code} and not {status}")
    if answer.mimetype != "application/fhir+json" or answer.get_json()["resourceType"] != "OperationOutcome":
        found.append(f"{name}: no OperationOutcome")
    elif not errors(answer):
        found.append(f"{name}: no error told")
    elif at is not None and at not in where(answer):
        found.append(f"{name}: {at} is not among {where(answer)}")
    found += [f"{name}: repeats {word}" for word in (*PLANTED, *EXAMPLES) if word in answer.text]
    return found


def test_the_corpus_is_large_enough():
    assert len(JSON) + len(BYTES) >= 100


@pytest.mark.parametrize("path", ["/fhir", "/fhir/$triage"])
def test_every_wrong_body_is_refused_with_its_place(place, path):
    place.app.config["FHIR_RATE"] = "100000 per minute"
    found = []
    for name, case in JSON.items():
        found += complaints(name, place.mine.post(changed(name), path), case.status, case.at)
    for name, (body, status) in BYTES.items():
        found += complaints(name, place.mine.post(body(), path), status)
    assert found == []
    assert place.look(select(func.count()).select_from(Referral)) == [0]


def test_the_bundle_they_are_made_of_is_good(place):
    assert place.mine.post(planted()).status_code == 200


def test_all_of_it_wrong_at_once_is_one_answer(place):
    document = planted()
    for name in ("a UK date", "a gender by letter", "no requester", "a test in minutes", "a draft"):
        JSON[name].change(document)
    answer = place.mine.post(document)
    assert answer.status_code == 400  # one of them cannot be read as R4
    places = {JSON[name].at for name in ("a UK date", "a gender by letter", "no requester", "a draft")}
    assert places <= set(where(answer))


def nested(levels: int) -> dict:
    """A good Bundle whose patient carries an extension in an extension, so many levels deep in all."""
    inner: dict = {"url": "https://x.example/end", "valueString": "x"}
    for _ in range(
        (levels - 6) // 2
    ):  # the Bundle, its list, the entry, the patient, a list and the first one
        inner = {"url": "https://x.example/in", "extension": [inner]}
    document = planted()
    resource(document, PATIENT)["extension"] = [inner]
    return document


@pytest.mark.parametrize(("levels", "status"), [(40, 200), (42, 400)])
def test_forty_levels_are_read_and_no_more(place, levels, status):
    answer = place.mine.post(nested(levels))
    assert answer.status_code == status
    assert status == 200 or errors(answer)[0]["code"] == "too-costly"


def test_a_body_that_never_says_its_length_is_too_large_all_the_same(place):
    body = BytesIO(b'{"a": "' + b"x" * LARGEST + b'"}')
    headers = {"Authorization": f"Bearer {place.mine.key}", "Content-Type": "application/fhir+json"}
    answer = place.mine.browser.post(
        "/fhir", input_stream=body, headers=headers, environ_overrides={"wsgi.input_terminated": True}
    )
    assert (answer.status_code, issues(answer)[0]["code"]) == (413, "too-long")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/fhir+xml"}, 415),
        ({"Content_Type": "text/xml"}, 415),
        ({"Content_Type": ""}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/fhir+json; fhirVersion=3.0"}, 415),
        ({"Content_Type": "application/fhir+json; fhirVersion=5.0"}, 415),
        ({"Content_Type": "application/fhir+json; charset=utf-16"}, 415),
        ({"Content_Encoding": "gzip"}, 415),
        ({"Accept": "application/fhir+xml"}, 406),
        ({"X_Request_ID": "x" * 65}, 400),
        ({"X_Request_ID": "Zebedee Okafor"}, 400),
        ({"Authorization": "Bearer upk_wrong"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
    ],
)
def test_wrong_headers_are_refused_before_anything_is_read(place, headers, status):
    answer = place.mine.post(b"\xff not read", **headers)
    assert (answer.status_code, answer.get_json()["resourceType"]) == (status, "OperationOutcome")


@pytest.mark.parametrize(
    "header",
    ["application/fhir+json; fhirVersion=4.0", "application/json; charset=UTF-8", "application/fhir+json"],
)
def test_the_usual_media_types_are_read(place, header):
    assert place.mine.post(planted(), Content_Type=header, Accept="*/*").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fhir", 405),
        ("GET", "/fhir/$triage", 405),
        ("GET", "/fhir/Patient", 404),
        ("GET", "/fhir/Patient/1", 404),
        ("POST", "/fhir/ServiceRequest", 405),
        ("DELETE", "/fhir/ServiceRequest/1", 405),
        ("PATCH", "/fhir/ServiceRequest/1", 405),
        ("GET", "/fhir/$process-message", 405),
        ("GET", "/fhir/ServiceRequest", 400),
        ("GET", "/fhir/ServiceRequest?identifier=%00", 400),
        ("GET", "/fhir/ServiceRequest?identifier=x&_format=xml", 406),
        ("GET", "/fhir/ServiceRequest/%00", 404),
        ("GET", "/fhir/ServiceRequest/" + "9" * 500, 404),
        ("GET", "/fhir/ServiceRequest/1/_history/1", 404),
        ("GET", "/fhir/Task", 400),
        ("GET", "/fhir/Task?focus=%ff%00", 200),
        ("GET", "/fhir/DocumentReference?subject=Patient/' OR 1=1", 200),
        ("GET", "/fhir/DocumentReference/x", 404),
        ("PUT", "/fhir/ServiceRequest/1", 404),
    ],
)
def test_every_address_answers_in_fhir(place, method, path, status):
    headers = {"Authorization": f"Bearer {place.mine.key}", "Content-Type": "application/fhir+json"}
    answer = place.mine.browser.open(
        path, method=method, headers=headers, data=b"{}" if method == "PUT" else None
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/fhir+json")
    assert json.loads(answer.text)["resourceType"] == ("Bundle" if status == 200 else "OperationOutcome")
    assert status != 405 or answer.headers["Allow"]
