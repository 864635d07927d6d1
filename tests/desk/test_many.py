"""Text many people, as staff meet it: every name first, a second person above twenty, one button to stop."""

from datetime import timedelta

import pytest

from clinic.extensions import db, now
from clinic.notifications.models import Message
from clinic.viewer import acting_as
from tests.classes import factories as classes
from tests.referrals.factories import TEST

PATH = "/messages/many"


@pytest.fixture
def crowd(app, world):
    """Twenty-one people who wait for a class, one of them without a mobile."""
    with app.app_context(), acting_as(TEST):
        clinic = db.session.merge(world.clinic, load=False)
        for n in range(20):
            classes.a_person(clinic, f"Ada{n}", mobile=f"+4477009001{n:02d}")
        classes.a_person(clinic, "Zoe", mobile=None)


def icy(person, **changes):
    day = now().date() + timedelta(days=3)
    typed = {"whom": "waiting", "text": "notice_weather", **changes}
    return person.post(PATH, on__day=day.day, on__month=day.month, on__year=day.year, **typed)


def planned(app):
    with app.app_context(), acting_as(TEST):
        texts = db.select(db.func.count()).select_from(Message).where(Message.cause_kind == "bulk")
        return db.session.scalar(texts)


def test_every_name_and_word_is_seen_before_anything_is_kept(app, coordinator, crowd):
    page = icy(coordinator)
    assert page.status_code == 200
    for words in (
        "Ada0 Okafor",
        "Ada19, the way to class may be icy",
        "1 left out",
        "No mobile number",
        "Send to 20",
    ):
        assert words in page.text
    assert planned(app) == 0
    assert "Asked for lately" not in coordinator.get(PATH).text


def test_twenty_leave_on_one_persons_word_and_can_be_stopped(app, coordinator, crowd):
    page = icy(coordinator, step="send")
    assert planned(app) == 21
    stopped = coordinator.post(f"{page.location}/stop", form_on=page.location)
    assert "Stopped: 21 will not leave. 0 had left already." in coordinator.get(stopped.location).text


def test_twenty_one_wait_for_a_colleague(app, world, coordinator, physiotherapist, crowd):
    with app.app_context(), acting_as(TEST):
        classes.a_person(db.session.merge(world.clinic, load=False), "Bea", mobile="+447700900150")
    page = icy(coordinator, step="send").location
    assert "Somebody else must agree" in coordinator.post(f"{page}/agree", form_on=page, seen=21).text
    assert planned(app) == 0
    assert "Agree: send to 21" in physiotherapist.get(page).text
    assert physiotherapist.post(f"{page}/agree", form_on=page, seen=21).status_code == 302
    assert planned(app) == 22


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": "reminder"}, "Choose a text"),
        ({"whom": ""}, "Choose at least one group"),
        ({"on__day": 31, "on__month": 2}, "Enter the day, month and year"),
        ({"on__year": 2020}, "Enter a day from today on"),
        ({"text": "notice_break"}, "Enter the day, month and year"),
    ],
)
def test_what_is_missing_is_asked_and_what_was_typed_stays(coordinator, crowd, changes, problem):
    day = now().date() + timedelta(days=3)
    typed = {"on__day": day.day, "on__month": day.month, "on__year": day.year, "text": "notice_weather"}
    answer = coordinator.post(PATH, **{"whom": "waiting", **typed, **changes})
    assert (answer.status_code, problem in answer.text) == (422, True)
    assert f'value="{changes.get("on__month", day.month)}"' in answer.text


def test_another_clinics_text_is_not_there(app, coordinator, crowd):
    page = icy(coordinator, step="send").location
    with app.app_context(), acting_as(TEST):
        from tests import factories

        email = factories.a_member_of_staff(factories.a_clinic("Elsewhere")).email
    assert factories.sign_in(app.test_client(), email).get(page).status_code == 404
