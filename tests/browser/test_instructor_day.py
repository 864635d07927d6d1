"""An instructor's whole day on a tablet, by keyboard alone: nothing tapped is ever lost."""

import json
import subprocess
import sys

import pytest

from tests import demo_house as house
from tests.browser.test_refer import Keys
from tests.journeys.parts import HERE, until

pytestmark = pytest.mark.timeout(600)
TABLET = (820, 1180)


@pytest.fixture
def session(service):
    """The page of a class of four that begins now, led by the demo's instructor."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.a_session", house.INSTRUCTOR],
        cwd=HERE,
        env=service.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(made.stdout)


class Hands(Keys):
    """Keys that also tap a register and say what stands on it."""

    def opens(self, words: str) -> None:
        self.reach(words)
        with self.page.expect_navigation():
            self.press("Enter")

    def taps(self, words: str) -> None:
        self.reach(words)
        self.press("Enter")

    def kept(self) -> int:
        return self.page.evaluate("JSON.parse(localStorage.getItem('upright-taps') || '[]').length")

    def all_arrived(self) -> None:
        until(lambda: self.kept() == 0, "every tap has arrived")

    def signs_in(self, email: str) -> None:
        self.fills({"email": email, "password": house.PASSWORD})
        self.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)


def test_an_instructors_day_by_keyboard_through_a_lost_connection_and_a_lost_sign_in(desk, session):
    window = desk(TABLET).opens("/sign-in")
    page, hands = window.page, Hands(window.page)
    hands.signs_in(house.INSTRUCTOR)
    window.looks("day_home")
    page.locator(f"a[href='/sessions/{session['session']}']").focus()
    with page.expect_navigation():
        hands.press("Enter")
    window.looks("day_register")
    hands.taps("Attended: Ada Okafor")
    hands.taps("No: Ada Okafor")
    hands.all_arrived()

    page.context.set_offline(True)  # the hall's connection goes in mid-register
    hands.taps("Late: Bea Okafor")
    hands.taps("No: Bea Okafor")
    page.get_by_text("2 taps are kept on this tablet").wait_for()
    window.looks("day_offline")
    page.context.set_offline(False)
    hands.all_arrived()

    page.context.clear_cookies()  # the sign-in is over
    hands.taps("Did not come: Cai Okafor")
    page.get_by_text("you are no longer signed in").wait_for()
    window.looks("day_signed_out")
    hands.opens("Sign in again")
    hands.signs_in(house.INSTRUCTOR)
    hands.all_arrived()

    hands.opens("Close the register")
    page.locator(".nhsuk-error-summary:focus").wait_for()  # nobody has said anything of Dot
    window.looks("day_refused")
    hands.taps("Attended: Dot Okafor")
    hands.taps("No: Dot Okafor")
    hands.all_arrived()
    hands.opens("Close the register")
    window.looks("day_closed")
    for outcome in ("Attended", "Late", "Did not come"):
        assert page.locator(".upright-person > p > strong", has_text=outcome).count() >= 1

    hands.chooses("reason")
    hands.fills({"note": "Cai came at the end"})
    hands.opens("Open it again")
    window.looks("day_opened_again")
    hands.taps("Late: Cai Okafor")
    hands.taps("No: Cai Okafor")
    hands.all_arrived()
    hands.opens("Close the register")
    assert page.locator(".upright-person > p > strong", has_text="Did not come").count() == 0


def test_an_incident_by_keyboard_and_what_stands_beside_a_register(desk, session):
    window = desk(TABLET).opens("/sign-in")
    page, hands = window.page, Hands(window.page)
    hands.signs_in(house.INSTRUCTOR)
    window.opens(f"/sessions/{session['session']}")
    hands.opens("Exercises and load: Ada Okafor")
    window.looks("beside_exercises")
    hands.opens("Back to the register")
    hands.taps("Incident: Ada Okafor")
    window.looks("beside_incident_open")
    hands.opens("Fall: Ada Okafor")
    window.looks("beside_incident")
    hands.fills({"done": "Sat down, checked", "told": "Her daughter"})
    hands.opens("Keep it")
    assert "Does not exercise: incident" in page.inner_text("main")
    hands.opens("Somebody came who is not on this list")
    window.looks("beside_walk_in")
    hands.opens("Back to the register")
    hands.opens("Has died: Bea Okafor")
    window.looks("beside_death")
    window.opens("/packs").looks("beside_packs")
