"""What a referrer types and a patient texts is hostile input that staff read: it must lie still."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests import demo_house as house
from tests.journeys import story
from tests.journeys.town import Town

PAYLOADS = (
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=document.title='owned'>",
    "{{ 7 * 7 }} {% raw %}",
    '=HYPERLINK("http://x.invalid")',
    "Robert'); DROP TABLE patients;--",
    "\u202egnp.exe \u0000",
)
LIVE = ("<script>document", "<img src=x", "49 ")


@pytest.fixture
def town(make_app, tmp_path):
    with time_machine.travel(datetime(2026, 12, 1, 10, 0, tzinfo=UTC)), Town(make_app, tmp_path) as town:
        yield town


@pytest.mark.parametrize("payload", PAYLOADS)
def test_typed_words_lie_still_on_the_staffs_pages(town, payload):
    gp = story.start_referral(town.person(house.GP), given_name=payload.replace("\u0000", ""))
    assert gp.status in (200, 422)
    assert not any(one in gp.html for one in LIVE)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_texted_words_lie_still_in_the_thread(town, payload):
    gp, physio = town.person(house.GP), town.person(house.PHYSIO)
    story.refer(gp, (13, 8, 2026))
    town.replies(payload.replace("\u0000", ""))
    patient = story.patients_page(physio).path.rsplit("/", 1)[1]
    for page in (f"/messages/thread/{patient}", f"/patients/{patient}", "/worklist", "/"):
        html = physio.opens(page).html
        assert not any(one in html for one in LIVE), page
