"""The post office's pages for staff: its health, every patient, every text with its sample."""

import pytest

from clinic.notifications import gallery, signing
from clinic.notifications.wording import all_texts
from clinic.viewer import acting_as, system
from tests import factories


def test_each_page_opens_and_names_what_it_shows(desk):
    assert "How the queue is" in desk.browser.get("/messages/health").text
    patients = desk.browser.get("/messages/patients").text
    assert "Adaeze Okafor" in patients and "1 to come" in patients
    assert "Not signed" in desk.browser.get("/messages/texts").text


def test_another_clinics_patients_are_not_counted(desk):
    with desk.app_context(), acting_as(system("test")):
        email = factories.a_member_of_staff(factories.a_clinic("Other")).email
    stranger = factories.sign_in(desk.test_client(), email)
    assert "There is nobody yet." in stranger.get("/messages/patients").text


def test_the_language_of_texts_is_chosen_on_the_thread(desk):
    page = f"/messages/thread/{desk.patient_id}"
    token = factories.csrf(desk.browser.get(page).text)
    chosen = desk.browser.post(f"{page}/language", data={"csrf_token": token, "language": "cy"})
    assert chosen.status_code == 302
    assert '<option value="cy" selected>' in desk.browser.get(page).text
    wrong = desk.browser.post(f"{page}/language", data={"csrf_token": token, "language": "xx"})
    assert wrong.status_code == 404


def test_every_text_of_every_language_is_in_the_gallery():
    shown = [one for _, _, group in gallery.by_purpose() for one in group]
    assert len(shown) == len(all_texts()) + len(all_texts("cy"))
    assert len({one.key for one in shown}) == len(shown)


def test_every_question_is_said_in_words():
    assert {text.question for text in all_texts().values()} <= set(gallery.ASKS)


@pytest.fixture
def signed(monkeypatch):
    """A list of signatures as a clinician would leave it."""

    def put(**lines):
        monkeypatch.setattr(signing, "_signed", lambda: lines)

    return put


def test_a_signature_holds_for_the_words_that_were_signed(signed):
    text = all_texts()["reminder"]
    signed(reminder={"by": "Dr Ames", "on": "2026-11-30", "words": signing.fingerprint(text)})
    assert signing.signature("reminder", text).stands
    signed(reminder={"by": "Dr Ames", "on": "2026-11-30", "words": "of another wording"})
    assert not signing.signature("reminder", text).stands
    assert signing.signature("prompt", all_texts()["prompt"]) is None


def test_the_list_of_signatures_names_texts_that_exist():
    names = set(all_texts()) | {f"cy/{name}" for name in all_texts("cy")}
    assert set(signing._signed()) <= names
