"""Every answer carries its guards, whatever it is: a page, a redirect, a refusal, an error, a file."""

import re

import pytest

from tests import factories

SITE = "https://upright.example"
ANSWERS = {
    "/sign-in": 200,
    "/": 302,
    "/nowhere": 404,
    "/sign-out": 405,
    "/p/AAAAAAAAAAAAAAAAAAAAAA": 404,
    "/healthz": 200,
    "/metrics": 404,
    "/fhir/ServiceRequest/1": 401,
    "/calendar/AAAAAAAAAAAAAAAAAAAAAA.ics": 404,
    "/fails": 500,
}


@pytest.fixture
def client(make_app):
    app = make_app(clinic_env="production", public_base_url=SITE)
    app.testing = False  # as in service: an error is a page, not an exception
    app.add_url_rule("/fails", "fails", fails)
    return app.test_client()


def fails():
    raise ValueError("Zebedee Quixotefontaine")


@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_every_answer_is_guarded(client, path, status):
    answer = client.get(path, base_url=SITE)
    assert answer.status_code == status
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy


def test_a_form_that_is_refused_is_guarded_too(client):
    answer = client.post("/sign-in", base_url=SITE)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")


def test_the_nonce_is_new_each_time_and_the_one_of_the_page(client):
    nonces = []
    for _ in range(2):
        answer = client.get("/sign-in", base_url=SITE)
        (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert set(re.findall(r'nonce="([^"]*)"', answer.text)) <= {nonce}
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_no_page_needs_what_the_policy_forbids(client):
    page = client.get("/sign-in", base_url=SITE).text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|https?://(?!upright\.example|www\.w3\.org)", page)


def test_files_may_be_kept_by_the_browser_and_pages_may_not(client):
    assert "no-store" not in client.get("/static/upright.css", base_url=SITE).headers.get("Cache-Control", "")


def test_the_demo_promises_no_https_it_has_not(make_app):
    assert "Strict-Transport-Security" not in make_app().test_client().get("/sign-in").headers


def test_an_error_shows_a_reference_and_no_detail(client):
    page = client.get("/fails", base_url=SITE).text
    assert re.search(r"Reference: <strong>[0-9a-f]{8}</strong>", page)
    assert "ValueError" not in page
    assert "Zebedee" not in page


def test_debugging_is_off(make_app):
    assert not make_app().debug


def test_what_somebody_typed_is_shown_as_text(client):
    hostile = '"><script>alert(1)</script>'
    token = factories.csrf(client.get("/sign-in", base_url=SITE).text)
    data = {"csrf_token": token, "email": hostile, "password": "x", "next": hostile}
    page = client.post("/sign-in", base_url=SITE, headers={"Referer": SITE}, data=data).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
