import pytest

from clinic.extensions import db
from clinic.notifications.models import Message
from clinic.viewer import acting_as, system
from tests import factories


def post(desk, path, **form):
    token = factories.csrf(desk.browser.get("/messages").text)
    return desk.browser.post(path, data={"csrf_token": token, **form}, follow_redirects=True)


def test_the_ledger_shows_each_text_and_where_it_stands(desk):
    page = desk.browser.get("/messages").text
    assert "Adaeze Okafor" in page and "Welcome" in page and "Planned" in page
    assert "There are none." in desk.browser.get("/messages?state=refused").text


def test_one_text_is_sent_now_ignoring_its_hours(desk, provider):
    assert "the text is now accepted" in post(desk, "/messages/1/send-now").text
    assert len(list(provider.simulator.journal.read())) == 1
    assert "not waiting any more" in post(desk, "/messages/1/send-now").text


def test_outside_the_demo_nothing_is_sent_before_its_time(desk, provider, monkeypatch):
    from clinic.config import Config

    monkeypatch.setattr(Config, "demo", property(lambda config: False))
    assert post(desk, "/messages/1/send-now").status_code == 404
    assert list(provider.simulator.journal.read()) == []


def test_staff_see_their_words_before_they_are_sent_to_one_person(desk):
    path = f"/messages/thread/{desk.patient_id}"
    seen = post(desk, path, body="Adaeze, please bring your “glasses”.")
    assert "This is what will be sent" in seen.text and "&#34;glasses&#34;" in seen.text
    sent = post(desk, path, body="Adaeze, please bring your glasses.", step="send")
    assert "on its way" in sent.text
    with desk.app_context(), acting_as(system("test")):
        written = db.session.scalars(db.select(Message).where(Message.text == "by_hand")).one()
        assert written.facts == {"words": "Adaeze, please bring your glasses."}


@pytest.mark.parametrize(
    ("body", "problem"),
    [("", "Write the text"), ("a" * 600, "Shorten the text"), ("about your fracture", "Leave out")],
)
def test_a_text_that_should_not_go_is_refused_and_kept(desk, body, problem):
    answer = post(desk, f"/messages/thread/{desk.patient_id}", body=body)
    assert answer.status_code == 422
    assert problem in answer.text and body in answer.text


def test_another_clinics_texts_are_not_shown(desk):
    with desk.app_context(), acting_as(system("test")):
        other = factories.a_clinic("Other")
        email = factories.a_member_of_staff(other).email
    stranger = factories.sign_in(desk.test_client(), email)
    assert "Okafor" not in stranger.get("/messages").text
    assert stranger.get(f"/messages/thread/{desk.patient_id}").status_code == 404
