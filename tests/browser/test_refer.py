"""The referrer's two minutes in a real browser: keyboard alone, a mistake, a red flag; the front desk."""

import re

import pytest

from clinic.referrals.form import ESSENTIAL, PREFILLED
from tests import demo_house as house
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.timeout(900)  # axe on every page of a journey

PATIENT = {
    "nhs_number": "999 000 9996",
    "given_name": "Grace",
    "family_name": "Testing",
    "birth_date": "2",
    "birth_date-month": "3",
    "birth_date-year": "1950",
    "phone": "07700 900199",
}
FRACTURE = {"fracture_date": "3", "fracture_date-month": "8", "fracture_date-year": "2026"}
NOW = {"falls": "0", "rest_pain": "2", "movement_pain": "3"}
HAS_FOCUS = "[document.activeElement?.id, document.activeElement?.textContent.trim()]"


class Keys:
    """Hands that never leave the keyboard, and a count of what they press."""

    def __init__(self, page) -> None:
        self.page, self.pressed, self.typed = page, 0, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def reach(self, name: str) -> None:
        """Tab until the field, or a button with these words, has the focus."""
        self.page.locator("main").wait_for()
        for _ in range(60):
            if name in self.page.evaluate(HAS_FOCUS):
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab")

    def fills(self, fields: dict[str, str]) -> None:
        for name, words in fields.items():
            self.reach(name)
            self.page.keyboard.type(words)
            self.typed += len(words)

    def chooses(self, name: str, *, down: int = 0) -> None:
        """A radio or a tick by Space; `down` arrows choose a later radio."""
        self.reach(name)
        self.press("Space")
        for _ in range(down):
            self.press("ArrowDown")

    def goes_on(self, words: str = "Save and continue") -> None:
        self.reach(words)
        with self.page.expect_navigation():
            self.press("Enter")


def starts(page) -> None:
    page.goto(page.url.split("/referrals")[0] + "/refer")
    page.get_by_role("main").get_by_role("button", name="Start a referral").click()


def test_a_referral_by_keyboard_alone_counts_its_fields_and_keys(desk, capsys):
    window = desk().signs_in(house.GP)
    starts(window.page)
    keys = Keys(window.page)
    keys.fills(PATIENT)
    keys.chooses("consent")
    window.looks("refer_patient")
    keys.goes_on()
    keys.fills(FRACTURE)
    keys.chooses("confirmed_by")
    keys.chooses("cause", down=1)
    keys.chooses("incidental", down=1)
    window.looks("refer_fracture")
    keys.goes_on()
    keys.chooses("none_of_these")
    window.looks("refer_flags")
    keys.goes_on()
    keys.fills(NOW)
    keys.chooses("trend")
    keys.chooses("walks")
    window.looks("refer_now")
    keys.goes_on()
    assert "Likely: " in window.page.inner_text("main")
    window.looks("refer_check")
    keys.goes_on("Confirm and send")
    assert re.search(r"UP-[0-9A-Z]{4}-[0-9A-Z]{4}", window.page.inner_text("main"))
    window.looks("refer_sent")
    with capsys.disabled():
        print(f"\n{len(ESSENTIAL)} fields typed or chosen, {len(PREFILLED)} pre-filled, flags: one question;")
        print(f"{keys.pressed} key presses to move and choose, {keys.typed} characters typed")
    assert len(ESSENTIAL) <= 15


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_mistake_and_an_act_today_flag_are_accessible_and_lose_nothing(desk, size):
    window = desk(size).signs_in(house.GP)
    page = window.page
    starts(page)
    for name, words in {**PATIENT, "nhs_number": "123"}.items():
        page.fill(f"#{name}" if "-" not in name else f"[name='{name}']", words)
    page.check("#consent")
    page.get_by_role("button", name="Save and continue").click()
    page.locator(".nhsuk-error-summary:focus").wait_for()
    window.looks("refer_mistake")
    assert page.input_value("#family_name") == "Testing"
    page.fill("#nhs_number", PATIENT["nhs_number"])
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Save and continue").click()
    page.check("#none_of_these")
    page.check("#flag_cauda_equina")
    page.get_by_role("button", name="Save and continue").click()
    assert page.inner_text("main h1") == "NOT ACCEPTED: act today"
    window.looks("refer_act_today")
    page.goto(page.url.replace("act-today", "patient"))
    assert page.input_value("#family_name") == "Testing"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_that_follow_a_referral_are_accessible(desk, size):
    window = desk(size).signs_in(house.GP).opens("/referrals")
    window.page.locator("main h2 a").first.click()
    here = window.page.url.removeprefix(window.base)
    window.looks("referral").opens(here + "/withdraw").looks("withdraw").opens(here + "/change").looks(
        "change"
    )


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_referral_to_decide_is_accessible_with_everything_open(desk, size):
    window = desk(size).signs_in(house.PHYSIO).opens("/inbox")
    window.page.locator("main h2 a").first.click()
    window.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    window.looks("decide")
