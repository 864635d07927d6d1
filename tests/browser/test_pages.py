"""Every page of every role with the demo's data in it: axe finds nothing, nothing spills over."""

import pytest

from tests import demo_house as house
from tests.browser.conftest import DESKTOP, PHONE

PAGES = {
    house.GP: ("/referrals", "/refer", "/letters", "/account"),
    house.PHYSIO: (
        "/",
        "/inbox",
        "/classes",
        "/classes/month",
        "/classes/1",
        "/classes/1/change",
        "/classes/1/plan",
        "/classes/new",
        "/classes/days-off",
        "/absences",
        "/venues",
        "/venues/1",
        "/worklist",
        "/worklist/calls/1",
        "/worklist/end-of-shift",
        "/messages",
        "/messages/health",
        "/messages/patients",
        "/messages/texts",
        "/messages/many",
        "/messages/thread/1",
        "/search",
        "/patients/1",
        "/patients/1/about",
        "/patients/1/letters",
        "/patients/1/needs",
        "/patients/1/rides",
        "/patients/1/said",
        "/patients/1/texts-wanted",
        "/letters-out",
        "/letters-out/1",
        "/duplicates",
        "/entries",
        "/episodes/1/phone-screen",
        "/episodes/1/assessment",
        "/episodes/1/classes",
        "/episodes/1/appointment",
        "/episodes/1/break",
        "/episodes/1/decisions",
        "/episodes/1/end",
        "/seats/1",
        "/waiting-list",
        "/classes/proposal",
        "/sessions/1",
        "/sessions/1/change",
        "/packs",
        "/protocol",
        "/reports",
    ),
    house.INSTRUCTOR: ("/",),
    house.ADMIN: (
        "/users",
        "/users/1",
        "/settings",
        "/practices",
        "/practices/1",
        "/practices/1/webhook",
        "/letters-out/practices",
        "/audit",
    ),
}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("email", PAGES, ids=lambda email: email.split("@")[0])
def test_every_page_of_a_role_is_accessible(desk, email, size):
    window = desk(size).signs_in(email)
    for path in PAGES[email]:
        response = window.page.goto(window.base + path)
        assert response.status == 200, path
        window.looks(email.split("@")[0] + path.replace("/", "_"))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_way_in_and_what_goes_wrong_are_accessible(desk, size):
    window = desk(size).opens("/sign-in").looks("sign_in")
    window.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    window.looks("sign_in_refused").opens("/nowhere").looks("not_found")


def test_the_form_is_filled_in_by_keyboard_alone(desk):
    """Sign in without a mouse: the skip link comes first, and every field is reached by Tab."""
    page = desk().opens("/sign-in").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "email":
            break
    page.keyboard.type(house.GP)
    page.keyboard.press("Tab")
    page.keyboard.type(house.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/referrals")
