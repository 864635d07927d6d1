"""Who may come in, and how often."""

from tests.referrals.fhir.bundles import bundle


def test_nobody_comes_in_without_a_key(place):
    answer = place.app.test_client().post("/fhir", json=bundle())
    assert (answer.status_code, answer.get_json()["issue"][0]["code"]) == (401, "security")
    assert place.app.test_client().get("/fhir/metadata").status_code == 200


def test_a_client_that_sends_too_much_waits(place):
    place.app.config["FHIR_RATE"] = "2 per minute"
    answers = [place.mine.get("/fhir/ServiceRequest/none") for _ in range(3)]
    assert [a.status_code for a in answers] == [404, 404, 429]
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].get_json()["issue"][0]["code"] == "throttled"
    assert place.theirs.get("/fhir/ServiceRequest/none").status_code == 404
