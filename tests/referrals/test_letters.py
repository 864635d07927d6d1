"""Letters are kept as sent, reach the referrer and the registered practice, and are never lost on the way."""

import pytest
import time_machine
from sqlalchemy import select

from clinic.extensions import db, transaction
from clinic.notifications.models import Message
from clinic.referrals import (
    letters_font,
    letters_prints,
    letters_reading,
    letters_sending,
    letters_work,
)
from clinic.referrals.models import Letter, Referral
from clinic.referrals.origins import Origin
from clinic.referrals.paper import LetterPrint, LetterStep, Route, Step
from clinic.referrals.references import content_digest
from clinic.viewer import acting_as
from tests.referrals.factories import a_case, a_patient, a_referral
from tests.referrals.letter_box import (
    a_surgery,
    by_file,
    declined,
    registered_with,
    rows,
    tasks,
    way,
    will_not_share,
)
from tests.referrals.pdf_text import read

MONDAY = "2026-11-23 10:00Z"


def test_a_letter_keeps_its_words_its_digest_and_the_version_of_its_wording(world):
    (letter,) = declined(world)
    kept = way(letter)
    assert kept.digest == content_digest(letter.body)
    assert kept.template.startswith("declined/")
    assert kept.about == db.session.scalars(select(Referral.reference)).one()


@pytest.mark.both_databases
def test_a_letter_is_printed_once_and_the_same_bytes_are_shown_before_and_after(world):
    (letter,) = declined(world)
    before = letters_prints.pdf_of(letter)
    assert letters_prints.keep_missing() == len(rows(Letter))
    assert letters_prints.keep_missing() == 0
    (kept,) = rows(LetterPrint, LetterPrint.letter_id == letter.id)
    assert letters_prints.pdf_of(letter) == kept.content == before
    assert "A hip fracture. See the hip pathway." in read(before).text


def test_a_kept_print_outlives_a_change_of_what_stands_around_it(world):
    (letter,) = declined(world)
    letters_prints.keep_missing()
    kept = letters_prints.pdf_of(letter)
    with transaction():
        world.clinic.phone = "0113 496 9999"
    assert letters_prints.pdf_of(letter) == kept


def test_a_print_that_was_altered_is_refused(world):
    (letter,) = declined(world)
    letters_prints.keep_missing()
    with transaction():
        (kept,) = rows(LetterPrint, LetterPrint.letter_id == letter.id)
        kept.content = kept.content.replace(b"%%EOF", b"%%EOF ")
    with pytest.raises(letters_prints.Altered):
        letters_prints.pdf_of(letter)


def test_neither_words_nor_print_nor_document_lie_open_in_the_database(world):
    (letter,) = declined(world)
    letters_prints.keep_missing()
    stored = db.session.connection().exec_driver_sql("SELECT content FROM letter_prints").scalars().all()
    assert all(b"%PDF" not in bytes(content) for content in stored)
    body = db.session.connection().exec_driver_sql("SELECT body FROM letters").scalars().all()
    assert not any("Okafor" in words for words in body)


def test_the_registered_practice_gets_its_own_letter_and_the_referrer_another(world):
    referral = a_referral(world).referral
    registered_with(referral.patient, world.other_practice)
    sent = declined(world, referral)
    assert [letter.organisation_id for letter in sent] == [world.practice.id, world.other_practice.id]
    own, copied = sent
    assert "You can amend this referral" in own.body
    assert "as the patient's registered practice" in copied.body
    assert f"{world.practice.name} referred." in copied.body
    with acting_as(world.other_gp):
        assert [row.id for row in rows(Letter)] == [copied.id]


def test_the_practice_that_referred_gets_one_letter_although_she_is_registered_there(world):
    referral = a_referral(world).referral
    registered_with(referral.patient, world.practice)
    assert len(declined(world, referral)) == 1


def test_a_patient_who_will_not_share_is_told_of_to_nobody_else(world):
    referral = a_referral(world).referral
    registered_with(referral.patient, world.other_practice)
    will_not_share(referral.patient)
    assert [letter.organisation_id for letter in declined(world, referral)] == [world.practice.id]


def test_a_practice_that_is_not_linked_to_us_is_written_to_on_paper(world):
    referral = a_referral(world).referral
    registered_with(referral.patient, None, "Faraway Surgery, 2 High Street")
    _, copied = declined(world, referral)
    assert way(copied).route is Route.POST
    (task,) = tasks("post_letter")
    assert task.cause_id == copied.id
    assert task.note.endswith("to Faraway Surgery, 2 High Street")
    assert "To: Faraway Surgery, 2 High Street" in read(letters_prints.pdf_of(copied)).text


def test_a_practice_where_nobody_signs_in_is_written_to_on_paper_until_it_chooses(world):
    surgery = a_surgery(world)
    assert letters_sending.route_of(world.clinic.id, surgery.id) is Route.POST
    assert letters_sending.route_of(world.clinic.id, world.practice.id) is Route.PORTAL
    by_file(world, surgery)
    assert letters_sending.route_of(world.clinic.id, surgery.id) is Route.FILE_DROP


def test_posting_it_ends_its_way_and_its_task(world):
    referral = a_referral(world).referral
    registered_with(referral.patient, a_surgery(world))
    _, copied = declined(world, referral)
    with acting_as(world.coordinator):
        letters_reading.handled(letter=copied, how=Step.POSTED, by=world.coordinator)
    assert tasks("post_letter") == []
    assert way(copied).arrived_at is not None
    (step,) = rows(LetterStep)
    assert (step.step, step.user_id) == (Step.POSTED, world.coordinator.id)


def test_news_is_announced_by_e_mail_without_a_word_about_whom(world):
    (letter,) = declined(world)
    (notice,) = rows(Message, Message.text == "letter_waiting")
    assert (notice.channel, notice.patient_id, notice.cause_id) == ("email", None, letter.id)
    assert set(notice.facts) == {"practice", "link"}


def test_what_only_says_received_is_not_announced_and_not_asked_after(world):
    with time_machine.travel(MONDAY, tick=False):
        a_referral(world)
    with time_machine.travel("2027-01-11 10:00Z", tick=False):
        assert letters_work.do()["chased"] == 0
    assert rows(Message, Message.text == "letter_waiting") == []


def test_a_second_letter_is_not_announced_while_the_first_waits(world):
    declined(world)
    other = a_patient(nhs_number="999 000 0026", given_name="Ann", mobile="07700 900124")
    second = a_referral(world, patient=other).referral
    (letter,) = declined(world, second)
    assert len(rows(Message, Message.text == "letter_waiting")) == 1
    with acting_as(world.gp):
        for waiting in rows(Letter):
            letters_reading.opened(letter=waiting, by=world.gp)
    third = a_patient(nhs_number="999 000 0034", given_name="Bea", mobile="07700 900125")
    declined(world, a_referral(world, patient=third).referral)
    assert len(rows(Message, Message.text == "letter_waiting")) == 2


def test_what_nobody_opens_for_five_working_days_is_asked_about_once(world):
    with time_machine.travel(MONDAY, tick=False):
        (letter,) = declined(world)
    with time_machine.travel("2026-11-27 18:00Z", tick=False):
        assert letters_work.do()["chased"] == 0
    with time_machine.travel("2026-11-30 10:00Z", tick=False):
        assert letters_work.do()["chased"] == 1
        assert letters_work.do()["chased"] == 0
    (task,) = tasks("letter_unread")
    assert task.cause_id == letter.id
    with acting_as(world.gp):
        letters_reading.opened(letter=letter, by=world.gp)
    assert tasks("letter_unread") == []


def test_an_opened_letter_is_not_asked_about(world):
    with time_machine.travel(MONDAY, tick=False):
        (letter,) = declined(world)
        with acting_as(world.gp):
            letters_reading.opened(letter=letter, by=world.gp)
    with time_machine.travel("2027-01-11 10:00Z", tick=False):
        assert letters_work.do()["chased"] == 0


def test_our_own_staff_opening_it_is_no_reading(world):
    (letter,) = declined(world)
    with acting_as(world.coordinator):
        letters_reading.opened(letter=letter, by=world.coordinator)
    assert way(letter).arrived_at is None
    assert rows(LetterStep) == []


def test_without_its_font_a_letter_is_still_written_and_waits_for_its_print(world, monkeypatch, tmp_path):
    letters_font._has.cache_clear()
    monkeypatch.setattr(letters_font, "REGULAR", tmp_path / "none.ttf")
    (letter,) = declined(world)
    assert letters_prints.keep_missing() == 0
    monkeypatch.undo()
    letters_font._has.cache_clear()
    assert letters_prints.keep_missing() == 2
    assert read(letters_prints.pdf_of(letter)).boxes == 0


def test_a_red_flag_reaches_the_registered_practice_too(world):
    registered = Origin(road="web", practice_id=world.other_practice.id)
    a_referral(world, case=a_case(flags__cord_or_nerve=True), origin=registered)
    sent = {letter.organisation_id: letter for letter in rows(Letter)}
    assert {letter.kind for letter in sent.values()} == {"not_accepted"}
    assert sent.keys() == {world.practice.id, world.other_practice.id}


def test_what_came_through_another_organisation_is_told_to_no_registered_practice(world):
    """The second sender hears only that she is known, and nobody hears of the second sender."""
    registered = Origin(road="web", practice_id=world.practice.id)
    a_referral(world, origin=registered)
    a_referral(world, by=world.other_gp)
    kinds = [(letter.organisation_id, letter.kind) for letter in rows(Letter)]
    assert kinds == [(world.practice.id, "acknowledgement"), (world.other_practice.id, "already_known")]
