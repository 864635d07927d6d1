from datetime import timedelta

import pytest

from clinic.extensions import db, transaction
from clinic.notifications import inbound
from clinic.notifications.inbound import Answer
from clinic.notifications.models import Inbound, Message, MessageState, OpenQuestion, QuestionState
from clinic.patients.models import Contact
from clinic.worklist.models import Alert, CallListEntry, Task
from tests.notifications.conftest import NOON

ADA, SENDER = "+447700900001", "+447700900000"
NIGHT = NOON.replace(hour=23, minute=10)


class Desk:
    """A handset and the question rows behind it."""

    def __init__(self, post):
        self.post, self.count, self.asked = post, 0, 0
        self.heard = []

    def text(self, body, sender=ADA, at=NOON, sid=None, opt_out=None):
        self.count += 1
        return inbound.receive(
            sid=sid or f"SM{self.count}",
            sender=sender,
            to=SENDER,
            service=None,
            body=body,
            opt_out=opt_out,
            now=at,
        )

    def ask(
        self, patient_id, question, cause_id=1, day="Tue", cause_kind="place", until=None, text="reminder"
    ):
        """A text that left and asked something."""
        self.asked += 1
        self.post.facts[cause_id] = {"day": day, "date": "24 Nov", "time": "15:00", "venue": "The Hall"}
        self.post.plan(patient_id, cause_id=cause_id, rule=f"rule{self.asked}")
        contact = db.session.scalars(db.select(Contact).where(Contact.patient_id == patient_id)).one()
        message = db.session.scalars(db.select(Message).order_by(Message.id.desc())).first()
        with transaction():
            message.state = MessageState.SENT
            db.session.add(
                OpenQuestion(
                    clinic_id=message.clinic_id,
                    patient_id=patient_id,
                    message_id=message.id,
                    number_index=contact.value_index,
                    question=question,
                    cause_kind=cause_kind,
                    cause_id=cause_id,
                    asked_at=NOON - timedelta(hours=1),
                    expires_at=until or NOON + timedelta(hours=3),
                )
            )

    def handle(self, question, intent, answer=None):
        def handler(heard):
            self.heard.append(heard)
            return answer or Answer("unclear_answer", {}, "handled")

        self.post.tables.REPLIES[(question, intent)] = handler

    def answers(self):
        rows = db.session.execute(db.select(Message.text).where(Message.recipient_kind == "number"))
        return [row.text for row in rows]

    def kinds(self, model):
        return sorted(db.session.scalars(db.select(model.kind)))


@pytest.fixture
def desk(post):
    return Desk(post)


@pytest.mark.both_databases
def test_a_reply_is_bound_to_the_one_open_question_and_answered(desk, post):
    ada = post.patient()
    desk.ask(ada, "reminder", cause_id=7)
    desk.handle("reminder", "cannot_come", Answer("cannot_come_confirmed", {}, "place_freed"))
    assert desk.text("2") == "place_freed"
    [heard] = desk.heard
    assert (heard.question.cause_id, heard.patient_id) == (7, ada)
    assert desk.answers() == ["cannot_come_confirmed"]
    assert heard.question.state is QuestionState.ANSWERED


@pytest.mark.both_databases
def test_the_same_text_twice_has_one_effect(desk, post):
    desk.ask(post.patient(), "reminder")
    desk.handle("reminder", "cannot_come")
    assert desk.text("2", sid="SM1") == "handled"
    assert desk.text("2", sid="SM1") is None
    assert len(desk.heard) == 1


def test_two_patients_one_phone_three_questions_nothing_is_done_until_the_day_is_named(desk, post):
    ada, bea = post.patient("Ada"), post.patient("Bea")
    desk.ask(ada, "reminder", cause_id=1, day="Tue")
    desk.ask(ada, "reminder", cause_id=2, day="Fri")
    desk.ask(bea, "reminder", cause_id=3, day="Wed")
    desk.handle("reminder", "cannot_come")
    assert desk.text("2") == "which_question"
    assert (desk.heard, desk.answers()) == ([], ["which_question"])
    assert desk.kinds(CallListEntry) == ["which_question"]
    which = db.session.scalars(db.select(Message).where(Message.text == "which_question")).one()
    assert which.facts["choices"] == ["Tue 24 Nov (Ada)", "Fri 24 Nov (Ada)", "Wed 24 Nov (Bea)"]

    with transaction():
        index = db.session.scalars(db.select(Contact.value_index)).first()
        asked = {"message_id": which.id, "number_index": index, "question": "which", "cause_kind": "inbound"}
        db.session.add(
            OpenQuestion(
                clinic_id=which.clinic_id,
                patient_id=which.patient_id,
                cause_id=which.cause_id,
                expires_at=NOON + timedelta(hours=3),
                asked_at=NOON,
                **asked,
            )
        )
    assert desk.text("Wednesday please") == "handled"
    [heard] = desk.heard
    assert (heard.patient_id, heard.question.cause_id, heard.reading.intent) == (bea, 3, "cannot_come")


def test_of_two_questions_the_one_that_takes_the_answer_is_meant(desk, post):
    ada = post.patient()
    desk.ask(ada, "reminder", cause_id=1)
    desk.ask(ada, "prompt", cause_id=2)
    desk.handle("prompt", "done")
    assert (desk.text("DONE"), desk.heard[0].question.question) == ("handled", "prompt")


def test_a_red_flag_beats_every_question_and_nothing_else_is_done(desk, post):
    desk.ask(post.patient(), "reminder")
    desk.handle("reminder", "cannot_come")
    assert desk.text("2 and I have lost control of my bladder") == "alert"
    assert (desk.heard, desk.answers(), desk.kinds(Alert)) == ([], ["safety_open"], ["red_flag"])
    assert ("alert_raised", {"alert_id": 1}) in post.heard


def test_at_night_the_answer_says_that_nobody_reads(desk, post):
    post.patient()
    desk.text("I cannot feel my legs", at=NIGHT)
    safety = db.session.scalars(db.select(Message).where(Message.recipient_kind == "number")).one()
    assert (safety.text, safety.facts["opens"]) == ("safety_closed", "Wed 25 Nov 09:00")
    assert safety.not_before == NIGHT


@pytest.mark.parametrize(
    ("at", "body", "text"),
    [
        (NOON, "PAIN 8", "pain_high"),
        (NIGHT, "PAIN 8", "pain_high_closed"),
        (NOON, "FALL", "fall_answer"),
        (NIGHT, "FALL", "fall_answer_closed"),
    ],
)
def test_a_fall_or_severe_pain_alerts_at_any_hour_without_any_handler(desk, post, at, body, text):
    post.patient()
    assert desk.text(body, at=at) == "alert"
    assert (desk.answers(), len(desk.kinds(Alert))) == ([text], 1)


def test_a_second_word_within_half_an_hour_reaches_the_same_question(desk, post):
    desk.ask(post.patient(), "reminder")
    desk.handle("reminder", "cannot_come")
    desk.handle("reminder", "confirm", Answer("undo_confirmed", {}, "undone"))
    desk.text("2")
    assert desk.text("1", at=NOON + timedelta(minutes=20)) == "undone"


def test_a_late_answer_takes_nothing_and_is_answered(desk, post):
    desk.ask(post.patient(), "reminder", until=NOON - timedelta(minutes=1))
    desk.handle("reminder", "cannot_come")
    assert desk.text("2") == "late_reply"
    assert (desk.heard, desk.answers(), desk.kinds(CallListEntry)) == (
        [],
        ["no_open_question"],
        ["late_reply"],
    )


def test_a_late_answer_to_an_offer_is_for_its_room_to_refuse(desk, post):
    desk.ask(post.patient(), "offer", until=NOON - timedelta(minutes=1))
    desk.handle("offer", "confirm", Answer("offer_expired_late_reply", {"lines": []}, "too_late"))
    assert desk.text("1") == "too_late"
    assert desk.heard[0].question.state is QuestionState.EXPIRED


def test_words_outside_the_grammar_go_to_a_person(desk, post):
    desk.ask(post.patient(), "reminder")
    assert desk.text("not sure, my sister visits") == "person"
    assert (desk.answers(), desk.kinds(CallListEntry)) == (["unclear_answer"], ["reply"])


def test_a_handler_that_fails_loses_nothing(desk, post):
    desk.ask(post.patient(), "reminder")

    def broken(heard):
        raise KeyError("no such place")

    post.tables.REPLIES[("reminder", "cannot_come")] = broken
    assert desk.text("2") == "person"
    assert desk.kinds(CallListEntry) == ["reply"]


def test_stop_ends_texts_to_that_number_and_somebody_rings(desk, post):
    post.patient()
    assert desk.text("STOP") == "stopped"
    assert db.session.scalars(db.select(Contact.stopped_at)).one() == NOON
    assert (desk.answers(), desk.kinds(CallListEntry)) == ([], ["texts_stopped"])


def test_a_carers_stop_is_a_task_and_not_the_patients_wish(desk, post):
    post.patient(carer_name="Bernadette")
    desk.text("STOP")
    assert (desk.kinds(Task), desk.kinds(CallListEntry)) == (["carer_stopped"], [])


def test_start_ends_a_stop(desk, post):
    post.patient(stopped_at=NOON)
    assert desk.text("START") == "started"
    assert db.session.scalars(db.select(Contact.stopped_at)).one() is None


def test_yes_to_a_question_is_asked_for_a_number(desk, post):
    desk.ask(post.patient(), "reminder")
    assert desk.text("YES") == "asked_for_number"


def test_a_wrong_number_is_silenced_at_once_and_the_practice_asked(desk, post):
    post.patient(confirmed_on=None)
    assert desk.text("WRONG NUMBER") == "wrong_number"
    assert db.session.scalars(db.select(Contact.wrong_at)).one() == NOON
    assert (desk.kinds(Task), desk.kinds(CallListEntry)) == (["ask_practice_for_number"], ["wrong_number"])
    assert desk.answers() == ["wrong_number_answer"]


def test_a_confirmed_number_lets_go_what_waited_for_it(desk, post):
    ada = post.patient(confirmed_on=None)
    desk.ask(ada, "number_check")
    post.plan(ada, cause_id=9)
    with transaction():
        held = db.session.scalars(db.select(Message).where(Message.cause_id == 9)).one()
        held.reason, held.not_before = "number_unconfirmed", NOON + timedelta(hours=1)
    assert desk.text("1") == "number_confirmed"
    assert db.session.scalars(db.select(Contact.confirmed_on)).one() == NOON.date()
    assert held.not_before == NOON


def test_a_death_told_by_text_alerts_and_silences_until_a_person_has_looked(desk, post):
    ada = post.patient()
    post.plan(ada)
    assert desk.text("She has died") == "died_reported"
    assert post.messages()[0].state is MessageState.SUPERSEDED
    assert (desk.kinds(Alert), desk.answers()) == (["died_reported"], [])


def test_call_me_is_a_call_with_a_time(desk, post):
    post.patient()
    assert desk.text("CALL ME") == "call_me"
    assert (desk.answers(), desk.kinds(CallListEntry)) == (["call_me_answer"], ["call_me"])


def test_a_stranger_reaches_every_clinic_on_that_sender_without_the_words(desk, post):
    post.clinic("Second")
    post.clinic("Own sender", sender="+447700900555")
    assert desk.text("Who is this?", sender="+447700900777") == "unknown_sender"
    rows = db.session.scalars(db.select(Inbound)).all()
    assert [(row.body, row.patient_id) for row in rows] == [(None, None), (None, None)]
    assert desk.kinds(CallListEntry) == ["unknown_sender", "unknown_sender"]


def test_a_stranger_in_danger_is_answered(desk, post):
    desk.text("I cannot feel my legs", sender="+447700900777")
    assert (desk.answers(), desk.kinds(Alert)) == (["safety_open"], ["red_flag"])


def test_two_answering_machines_do_not_talk_all_night(desk, post):
    post.patient()
    for _ in range(20):
        desk.text("I am driving and will read this later")
    assert len(desk.answers()) == 6


def test_a_number_that_changed_hands_does_not_cancel_the_old_holders_class(desk, post):
    ada = post.patient("Ada")
    desk.ask(ada, "reminder")
    desk.handle("reminder", "cannot_come")
    with transaction():
        db.session.execute(db.update(Contact).values(value="+447700900009", value_index="moved"))
    post.patient("Bea")
    assert (desk.text("2"), desk.heard) == ("person", [])
