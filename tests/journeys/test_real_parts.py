"""The thread on its real parts: gunicorn, worker, beat, PostgreSQL, Redis and the stand-in, each a process.

The clock is the real one, whatever the hour: texts that would wait for their window are sent by the
demo's own "Send now"; answers to a patient leave at any hour by themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import redis

from tests import demo_house as house
from tests.journeys import story
from tests.journeys.pages import Person, over_http
from tests.journeys.parts import Service, until

MOBILE = "+447700900123"


@pytest.fixture
def service(tmp_path, _databases, redis_url):
    database = _databases("postgresql")
    database.empty()
    running = Service(tmp_path, database_url=database.url, owner_url=database.owner_url, redis_url=redis_url)
    running.flask("demo", "load", "--patients", "1")
    with running:
        yield running


def person(service: Service, email: str) -> Person:
    return story.sign_in(Person(over_http(service.base)), email, house.PASSWORD)


def bodies(service: Service) -> list[str]:
    return [row["body"] for row in service.accepted(MOBILE)]


def refer_to_offer(service: Service) -> Person:
    broken = datetime.now(UTC) - timedelta(days=110)
    story.refer(person(service, house.GP), (broken.day, broken.month, broken.year))
    physio = person(service, house.PHYSIO)
    story.accept(physio)
    story.number_is_right(physio)
    story.assess(physio)
    story.offer_two(physio)
    return physio


def sent_offer(service: Service, physio: Person) -> str:
    """The offer on the handset: by itself in opening hours, else by a member of staff's hand."""

    def offer() -> str | None:
        return next((b for b in bodies(service) if "class places are free" in b), None)

    if offer() is None:
        story.patients_page(physio)
        physio.opens(f"/messages?patient={physio.path.rsplit('/', 1)[1]}&state=planned")
        if "Offer pair" in physio.text:
            physio.sends_row("Offer pair", "Send now")
    return until(offer, "the offer on the handset")


def test_the_thread_on_the_real_parts_through_kills_and_a_flush(service):
    """Offer, `1`, reminder, `2`; worker and beat killed with -9 on the way, Redis emptied: once each."""
    physio = refer_to_offer(service)
    sent_offer(service, physio)

    service.kill("worker")
    service.kill("beat")
    service.reply(MOBILE, "1")
    service.restart("worker")
    service.restart("beat")
    until(lambda: any("you are booked" in b for b in bodies(service)), "the confirmation", seconds=90)
    story.patients_page(physio).sees("In class")

    with redis.Redis.from_url(service.environment["REDIS_URL"]) as connection:
        connection.flushall()
    ledger = f"/messages?patient={physio.path.rsplit('/', 1)[1]}&state=planned"
    until(lambda: "Reminder" in physio.opens(ledger).text, "the reminders are planned", seconds=90)
    physio.sends_row("Reminder", "Send now")
    until(lambda: any("reply 2" in b for b in bodies(service)), "the reminder")
    service.reply(MOBILE, "2")
    until(lambda: any("only that day" in b for b in bodies(service)), "the freed session")
    story.patients_page(physio).sees("In class", "Steady")

    twice = [body for body, times in Counter(bodies(service)).items() if times > 1]
    assert twice == []
    assert json.loads(service.flask("messages", "status"))["open_unknown"] == 0
