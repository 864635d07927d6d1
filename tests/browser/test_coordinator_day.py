"""A coordinator's day at the desk: home, a decision, an offer, a session moved, a call made.

Home, inbox and call list are looked at by axe in `test_pages`; here the states that a day brings.
"""

import json
import re
import subprocess
import sys

import pytest

from tests import demo_house as house
from tests.journeys.parts import HERE

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def made(service):
    """Somebody who has waited longest, and a session of next week, in the demo's clinic."""
    command = [sys.executable, "-m", "tests.browser.a_session", house.INSTRUCTOR]
    done = subprocess.run(
        command, cwd=HERE, env=service.environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def goes(page, role, words):
    with page.expect_navigation():
        page.get_by_role("main").get_by_role(role, name=words).first.click()


def test_a_coordinators_day_from_home_to_the_call_list(desk, made):
    window = desk().signs_in(house.COORDINATOR)
    page = window.page
    goes(page, "link", "Open the inbox")

    goes(page, "link", re.compile("^To decide"))
    with page.expect_navigation():
        page.locator("main h2 a").last.click()  # the one that nothing urgent is about
    page.locator("summary", has_text=re.compile(r"^\s*Ask the referrer\s*$")).click()
    page.fill("#question", "Which vertebra was it?")
    window.looks("desk_decision")
    goes(page, "button", "Send the question")
    assert "With the referrer" in page.inner_text("main")

    window.opens(f"/episodes/{made['waiting']}/classes").looks("desk_placement")
    goes(page, "button", re.compile("^Offer"))
    assert "Open offer, until" in page.inner_text("main")
    window.looks("desk_offered")

    window.opens(f"/sessions/{made['coming']}/change")
    year, month, day = made["later"].split("-")
    for part, value in (("day", day), ("month", month), ("year", year)):
        page.fill(f"[name='on-{part}']", str(int(value)))
    page.fill("#wall_time", "11:00")
    page.select_option("#venue_id", index=1)
    goes(page, "button", "See who moves")
    assert "1 by text" in page.inner_text("main")
    window.looks("desk_impact")
    with page.expect_navigation():
        page.click("#confirm")
    assert "11am" in page.inner_text("main")

    window.opens("/worklist")
    with page.expect_navigation():
        page.locator("a[href^='/worklist/calls/']").first.click()
    page.check("#outcome")
    window.looks("desk_call")
    goes(page, "button", "Keep it")
    assert page.url.endswith("/worklist")
