"""A person at a browser: follows redirects, carries the form's token, reads the page as text."""

import html
import re
from contextvars import Context

from flask.testing import FlaskClient

from clinic.referrals.rules.flags import FLAGS
from clinic.viewer import Viewer
from tests.referrals.factories import signed_in

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """One signed-in person; `page` is the last page, `status` and `url` how it came."""

    def __init__(self, app, viewer: Viewer) -> None:
        self.client: FlaskClient = signed_in(app.test_client(), viewer)
        self.page = self.url = ""
        self.status = 0

    def get(self, url: str) -> str:
        return self._took(self.client.get, url)

    def post(self, url: str | None = None, data: dict | None = None) -> str:
        """Send the form of the page at hand, by default to the page's own address."""
        token = TOKEN.search(self.page)
        body = {"csrf_token": token.group(1) if token else "", **(data or {})}
        return self._took(self.client.post, url or self.url, data=body)

    def _took(self, ask, url: str, **more) -> str:
        """Outside the test's own application context: each request has its own, as in a server."""
        response = Context().run(ask, url, follow_redirects=True, **more)
        self.page, self.status = html.unescape(response.text), response.status_code
        self.url = response.request.full_path.rstrip("?")
        return self.page

    @property
    def text(self) -> str:
        """The words of the page's main part."""
        main = self.page[self.page.index("<main") :]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


PATIENT = {
    "nhs_number": "999 000 0018",
    "given_name": "Grace",
    "family_name": "Okafor",
    "birth_date-day": "2",
    "birth_date-month": "3",
    "birth_date-year": "1950",
    "phone": "07700 900123",
    "consent": "yes",
    "clinician": "Dr Shah",
}
FRACTURE = {
    "fracture_date-day": "3",
    "fracture_date-month": "8",
    "fracture_date-year": "2026",
    "confirmed_by": "xray",
    "cause": "lifting",
    "incidental": "no",
}
NO_FLAGS = {"none_of_these": "yes"}
NOW = {
    "falls": "1",
    "rest_pain": "2",
    "movement_pain": "3",
    "trend": "better",
    "walks": "yes",
    "priority": "routine",
}
PAGES = (PATIENT, FRACTURE, NO_FLAGS, NOW)
assert len(FLAGS) == 11


def fill(person: Person, *pages: dict) -> Person:
    """Start a referral and fill its pages in order; ends on the page after the last."""
    person.get("/refer")
    person.post("/refer")
    for typed in pages or PAGES:
        person.post(data=typed)
    return person
