"""Welsh, text by text: what is there goes in Welsh, what is not in English; and no letter is lost unseen."""

from datetime import timedelta
from pathlib import Path

import pytest

from clinic.extensions import db, transaction
from clinic.notifications import delivery, language, wording
from clinic.notifications.rules.replies import Intent, Question, read
from clinic.notifications.rules.segments import Segments, is_gsm7, segments
from clinic.notifications.wording import all_texts
from clinic.patients.models import Patient
from clinic.viewer import system
from tests.notifications.conftest import NOON

WELSH = all_texts("cy")
COPIES = Path(__file__).parent / "texts" / "cy"


def welsh(patient_id):
    with transaction():
        db.session.execute(db.update(Patient).where(Patient.id == patient_id).values(language="cy"))
    return patient_id


def sent(post):
    delivery.deliver(now=NOON, in_flight=4)
    return [row["body"] for row in post.provider.simulator.journal.read()]


@pytest.mark.parametrize("name", WELSH)
def test_a_welsh_text_reads_as_its_copy_and_waits_for_a_welsh_speaker(name):
    body = wording.render(name, language="cy", **WELSH[name].sample)
    assert body + "\n" == (COPIES / f"{name}.txt").read_text(encoding="utf-8")
    assert WELSH[name].review == "Needs review by a Welsh speaker"


@pytest.mark.parametrize("name", WELSH)
def test_it_asks_and_does_what_the_english_one_does(name):
    english, text = all_texts()[name], WELSH[name]
    assert (text.purpose, text.question, text.resend) == (english.purpose, english.question, english.resend)
    assert text.sample == english.sample
    assert ("atebwch" in text.body.lower()) == ("reply" in english.body.lower())


@pytest.mark.parametrize("name", WELSH)
def test_its_own_words_keep_every_letter_in_gsm7_and_two_parts(name):
    """GSM-7 has no circumflexes: words with one are avoided, for plain letters would misspell them."""
    assert is_gsm7(WELSH[name].body)
    assert segments(wording.render(name, language="cy", **WELSH[name].sample)).parts <= 2


@pytest.mark.parametrize("letter", "âêîôûŵŷÂÊÎÔÛŴŶáíóúẅ")
def test_the_lint_knows_which_welsh_letters_gsm7_lacks(letter):
    assert segments(f"d{letter}r") == Segments("UCS-2", 3, 1)
    assert segments(letter * 71).parts == 2


def test_she_reads_welsh_with_welsh_days(wired):
    wired.plan(welsh(wired.patient("Siân")))
    assert sent(wired)[0].startswith("Sian, eich dosbarth: Mawrth 24 Tach, 15:00, The Hall.")


def test_what_is_not_translated_goes_in_english(wired):
    wired.plan(welsh(wired.patient()), text="reminder_first_visit")
    wired.facts[1] |= {"bring": "a drink", "parking": "no parking"}
    assert "dosbarth" not in sent(wired)[0]


def test_her_carer_reads_english(wired):
    wired.plan(welsh(wired.patient("Ada", carer_name="Bernadette")))
    assert sent(wired)[0].startswith("Bernadette, Ada's class: Tue 24 Nov")


@pytest.mark.parametrize(("reply", "intent"), [("1", Intent.CONFIRM), ("2", Intent.DECLINE)])
def test_the_replies_are_the_same(reply, intent):
    assert read(reply, Question.OFFER).intent is intent


def test_who_chose_the_language_is_on_record(post):
    patient = post.patient()
    language.choose(patient_id=patient, language="cy", by=system("test", post.clinic_id))
    assert db.session.get_one(Patient, patient).language == "cy"
    with pytest.raises(KeyError):
        language.choose(patient_id=patient, language="xx", by=system("test", post.clinic_id))


def test_a_language_nobody_has_texts_in_is_english(wired):
    patient = wired.patient()
    with transaction():
        db.session.execute(db.update(Patient).values(language="ur"))
    wired.plan(patient, expires_at=NOON + timedelta(hours=2))
    assert sent(wired)[0].startswith("Ada, your class")
