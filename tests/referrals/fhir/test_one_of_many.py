"""The same referral fifty times at once, by the form and by the practice's system, is one."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from clinic.access import services as access
from clinic.extensions import db, now
from clinic.patients.models import Patient
from clinic.referrals.models import Draft, Episode, IntakeReceipt, Referral
from clinic.viewer import acting_as
from tests.referrals.browsing import FRACTURE, NOW, PAGES, PATIENT, TOKEN, Person
from tests.referrals.factories import TEST, a_world
from tests.referrals.fhir import bundles

HALF = {"postgresql": 25, "sqlite": 4}


@pytest.fixture(autouse=True)
def a_connection_for_everybody(monkeypatch):
    monkeypatch.setitem(db._engine_options, "pool_size", 2 * HALF["postgresql"])


def the_same_words() -> tuple[dict, list[dict]]:
    """One Bundle, and the pages of the form typed with exactly its facts."""
    document = bundles.bundle()
    day = bundles.resource(document, bundles.CONDITION)["onsetDateTime"].split("-")
    bundles.resource(document, bundles.TUG)["effectiveDateTime"] = now().date().isoformat()
    clinician = bundles.resource(document, bundles.PRACTITIONER)
    clinician["name"] = [{"text": "Dr Shah"}]
    fracture = {
        f"fracture_date-{part}": words for part, words in zip(("year", "month", "day"), day, strict=True)
    }
    pages = [
        {**PATIENT, "sex": "female"},
        {**FRACTURE, **fracture, "levels": "T12", "osteoporotic": "yes"},
        PAGES[2],
        {
            **NOW,
            "injurious": "no",
            "could_not_get_up": "no",
            "lost_consciousness": "no",
            "unsteady": "yes",
            "worried": "no",
            "needs_person": "no",
            "walking_aid": "no",
            "tug": "13.2",
        },
    ]
    return document, pages


@pytest.mark.both_databases
def test_fifty_at_once_by_form_and_system_are_one_referral(app, database):
    each = HALF[database.kind]
    with app.app_context(), acting_as(TEST):
        world = a_world()
        key = access.add_client(name="System", organisation=world.practice, by=TEST)
    document, pages = the_same_words()
    first = Person(app, world.gp)
    first.get("/refer")
    first.post("/refer")
    for typed in pages:
        first.post(data=typed)
    assert first.url.endswith("/check"), first.text
    check, tabs = first.url, [Person(app, world.gp) for _ in range(each)]
    for tab in tabs:
        tab.get(check)
    body, barrier = json.dumps(document), Barrier(2 * each)
    systems = [app.test_client() for _ in range(each)]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/fhir+json"}

    def by_form(tab: Person) -> int:
        token = TOKEN.search(tab.page).group(1)
        barrier.wait(timeout=60)
        return tab.client.post(check, data={"csrf_token": token}).status_code

    def by_system(browser) -> int:
        barrier.wait(timeout=60)
        return browser.post("/fhir", data=body, headers=headers).status_code

    with ThreadPoolExecutor(2 * each) as pool:
        typed = [pool.submit(by_form, tab) for tab in tabs]
        sent = [pool.submit(by_system, browser) for browser in systems]
        assert {one.result() for one in typed} == {302}
        assert {one.result() for one in sent} == {200}
    with app.app_context(), acting_as(TEST):
        rows = [
            db.session.scalar(select(func.count()).select_from(m))
            for m in (Referral, Episode, Patient, Draft)
        ]
        assert rows == [1, 1, 1, 1]
        assert db.session.scalar(select(func.count()).select_from(IntakeReceipt)) == each + 1
