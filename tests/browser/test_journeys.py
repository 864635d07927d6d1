"""Referrer and front desk, back and forth in a real browser; at the end of each journey both have seen it."""

import json
import re
from itertools import count

import pytest
import requests

from tests import demo_house as house
from tests.browser.conftest import DESKTOP, PHONE, Desk
from tests.referrals.browsing import FRACTURE, NOW, PATIENT
from tests.referrals.fhir import bundles

pytestmark = pytest.mark.timeout(900)  # axe on every page of a journey
PRACTICE = "X99001"
GO_ON = "Save and continue"
_people = count()


def a_number() -> str:
    """The next synthetic NHS number that passes its check and that the demo has not used."""
    for nine in (f"999555{next(_people):03d}" for _ in range(20)):
        check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
        if check != 10:
            return f"{nine}{0 if check == 11 else check}"
    raise AssertionError("no number passes")


@pytest.fixture(scope="module")
def referred(service):
    """The practice's system refers Mrs Okafor's namesakes: `referred("Testa")` is in the inbox at once."""
    key = service.flask("clients", "add", "Practice system", "--organisation", PRACTICE).strip()

    def refer(family: str, **facts: object) -> str:
        document = bundles.bundle(f"browser-{family}-{next(_people)}", **facts)
        patient = bundles.resource(document, bundles.PATIENT)
        patient["identifier"][0]["value"] = a_number()
        patient["name"] = [{"family": family, "given": ["Grace"]}]
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/fhir+json"}
        answer = requests.post(f"{service.base}/fhir", data=json.dumps(document), headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()["entry"][0]["response"]["location"].split("/")[1]

    return refer


@pytest.fixture(scope="module")
def people(chromium, service):
    """The practice's and the desk's windows, signed in once for every journey here."""
    emails = {"gp": house.GP, "desk": house.COORDINATOR, "physio": house.PHYSIO}
    windows = {who: Desk(chromium, service.base, DESKTOP).signs_in(email) for who, email in emails.items()}
    yield windows
    for window in windows.values():
        window.close()


def presses(window: Desk, words: str) -> None:
    with window.page.expect_navigation():
        window.page.get_by_role("main").get_by_role("button", name=words, exact=True).click()


def decides(window: Desk, referral: str, what: str, fields: dict[str, str], words: str) -> None:
    """Open one of the four decisions on the desk's page and take it."""
    window.opens(f"/inbox/{referral}")
    window.page.locator("summary", has_text=re.compile(f"^\\s*{what}\\s*$")).click()
    for name, value in fields.items():
        box = window.page.locator(f"#{name}")
        if box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    presses(window, words)


def types(window: Desk, typed: dict[str, str]) -> None:
    """Fill a page of the form: boxes, lists and radios by their names."""
    page = window.page
    for name, value in typed.items():
        box = page.locator(f"[name='{name}']").first
        kind = box.evaluate("one => one.type")
        if kind == "select-one":
            box.select_option(value)
        elif kind in ("radio", "checkbox"):
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif box.is_visible():
            box.fill(value)
    presses(window, GO_ON)


def test_a_question_goes_to_the_practice_and_the_answer_comes_back(people, referred):
    gp, desk = people["gp"], people["desk"]
    referral = referred("Quest")
    decides(desk, referral, "Ask the referrer", {"question": "Which vertebra is it?"}, "Send the question")
    gp.opens(f"/referrals/{referral}").looks("referral_question")
    gp.page.fill("#text", "The twelfth thoracic one.")
    presses(gp, "Send the answer")
    assert "The service is deciding" in gp.page.inner_text("main")
    desk.opens(f"/inbox/{referral}")
    assert "The twelfth thoracic one." in desk.page.inner_text("main")


def test_a_declined_referral_is_amended_and_sent_again_with_the_link_on_both_sides(people, referred):
    gp, desk = people["gp"], people["desk"]
    old = referred("Again")
    fields = {"decline_reason": "no_answer", "comment": "Please add how it was confirmed."}
    decides(desk, old, "Do not accept", fields, "Do not accept, and write to the practice")
    gp.opens(f"/referrals/{old}").looks("referral_declined")
    presses(gp, "Amend and send again")
    assert "In place of UP-" in gp.page.inner_text("main")
    gp.page.get_by_role("link", name=re.compile("^Change the answers on who is the patient")).click()
    types(gp, {"consent": "yes"})
    gp.looks("refer_again_check")
    presses(gp, "Confirm and send")
    gp.opens(f"/referrals/{old}").looks("referral_sent_again")
    assert "Amended and sent again as UP-" in gp.page.inner_text("main")
    desk.opens(f"/inbox/{old}")
    assert "Amended and sent again as UP-" in desk.page.inner_text("main")


def test_a_draft_outlives_two_sign_ins_and_is_sent_once_from_two_tabs(desk, people):
    first = desk().signs_in(house.GP).opens("/refer")
    presses(first, _start(first))
    patient = {**PATIENT, "nhs_number": a_number(), "family_name": "Draft"}
    types(first, patient)
    here = first.page.url.removeprefix(first.base).replace("/fracture", "")
    first.page.context.clear_cookies()
    second = desk(PHONE).signs_in(house.GP).opens("/refer")
    assert "Grace Draft" in second.page.inner_text("main")
    second.looks("refer_drafts").opens(f"{here}/fracture")
    types(second, FRACTURE)
    types(second, {"none_of_these": "yes"})
    types(second, NOW)
    tab = people["gp"].opens(f"{here}/check")
    presses(second, "Confirm and send")
    presses(tab, "Confirm and send")
    references = {re.search(r"UP-\w{4}-\w{4}", one.page.inner_text("main")).group() for one in (second, tab)}
    assert len(references) == 1


def _start(window: Desk) -> str:
    return (
        window.page.get_by_role("main")
        .get_by_role("button", name=re.compile("^Start a referral"))
        .inner_text()
    )


def test_a_letter_is_keyed_in_and_decided_like_any_other(people):
    desk = people["desk"].opens("/entries").looks("entries")
    presses(desk, "Start")
    desk.looks("entry_source")
    types(desk, {"source": "self", "road": "telephone"})
    types(desk, {"nhs_number": "", "given_name": "Ann", "family_name": "Letter", **_born(), "phone": ""})
    for _ in range(3):
        presses(desk, GO_ON)
    desk.looks("entry_check")
    presses(desk, "Confirm and enter")
    desk.looks("entry_decide")
    words = desk.page.inner_text("main")
    assert "self-referral, typed by us, by telephone" in words
    assert "Referred by: the patient" in words


def _born() -> dict[str, str]:
    return {"birth_date-day": "2", "birth_date-month": "3", "birth_date-year": "1951"}


def test_after_acceptance_a_change_stops_class_and_then_it_is_withdrawn(people, referred):
    gp, physio = people["gp"], people["physio"]
    referral = referred("Change")
    physio.opens(f"/inbox/{referral}")
    physio.page.locator("summary", has_text=re.compile(r"^\s*Accept\s*$")).click()
    for box in physio.page.locator("[name='confirmed']").all():
        box.check()
    presses(physio, "Accept, first assessment next")
    gp.opens(f"/referrals/{referral}/change")
    gp.page.check("[name='kind'][value='new_fracture']")
    gp.page.select_option("#site", "hip")
    gp.page.fill("#detail", "Slipped on the step.")
    presses(gp, "Tell the service")
    assert "Paused" in gp.page.inner_text("main")
    gp.looks("referral_paused").opens(f"/referrals/{referral}/withdraw")
    gp.page.fill("#reason", "She goes into hospital.")
    presses(gp, "Withdraw the referral")
    gp.looks("referral_withdrawn")
    assert "Withdrawn on" in gp.page.inner_text("main")


def test_two_records_are_compared_merged_and_parted(people, referred):
    desk = people["desk"]
    for _ in range(2):
        referred("Twin")
    desk.opens("/duplicates").looks("duplicates")
    desk.page.get_by_role("link", name="Grace Twin and Grace Twin").click()
    desk.looks("side_by_side")
    desk.page.fill("#reason", "The practice says that it is one person.")
    presses(desk, "Merge the two records")
    desk.page.get_by_role("link", name="Practice, consent, who decides, entered twice").click()
    desk.looks("about_patient")
    desk.page.locator("textarea[name^='undo_reason']").fill("They are two sisters.")
    presses(desk, "Undo this merge")
    assert "Two records again" in desk.page.inner_text("body")


def test_a_practice_follows_its_patient_whom_the_fracture_liaison_referred(people):
    gp = people["gp"].opens("/referrals")
    gp.page.locator("main h3 a").first.click()
    gp.looks("registered_patient")
    assert "referred by Harbour Fracture Liaison" in gp.page.inner_text("main")
