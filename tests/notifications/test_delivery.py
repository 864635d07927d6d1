from datetime import timedelta

import pytest
from sqlalchemy import event

from clinic.extensions import db, transaction
from clinic.notifications import delivery, outbox
from clinic.notifications.models import Message, MessageState, OpenQuestion
from clinic.patients.models import Contact, Patient
from clinic.worklist.models import Task
from tests.notifications.conftest import NOON

S = MessageState


def deliver(**changes):
    return delivery.deliver(**{"now": NOON, "in_flight": 4, **changes})


def accepts(post):
    return list(post.provider.simulator.journal.read())


def state(post, position=0):
    message = post.messages()[position]
    return message.state, message.reason


@pytest.mark.both_databases
def test_a_due_text_leaves_once(wired):
    wired.plan(wired.patient())
    counts = deliver()
    assert counts == {
        "batch": 40, "claimed": 1, "accepted": 1, "refused": 0, "later": 0, "unknown": 0, "suppressed": 0,
    }  # fmt: skip
    assert deliver()["claimed"] == 0
    [accept] = accepts(wired)
    [message] = wired.messages()
    assert (message.state, message.sid, message.attempt) == (S.ACCEPTED, accept["sid"], 1)
    assert accept["body"].startswith("Ada, your class: Tue 24 Nov, 15:00, The Hall.")
    assert accept["callback"] == f"http://127.0.0.1:1/twilio/status?m={message.public_id}&a=1"
    assert 0 < int(accept["parameters"]["ValidityPeriod"]) <= 3 * 3600


@pytest.mark.both_databases
def test_a_claim_is_committed_before_the_provider_hears_of_it(wired, monkeypatch):
    from clinic.notifications.gateway import Gateway

    wired.plan(wired.patient())
    seen, send = [], Gateway.send

    def watched(self, parcel):
        with wired.app.app_context(), db.engine.connect() as other:
            seen.append(other.exec_driver_sql("SELECT count(*) FROM dispatchers").scalar_one())
        return send(self, parcel)

    monkeypatch.setattr(Gateway, "send", watched)
    deliver()
    assert seen == [1]


@pytest.mark.both_databases
def test_an_idle_tick_asks_once(wired):
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert deliver()["claimed"] == 0
    assert len([s for s in statements if "set_config" not in s and not s.startswith("BEGIN")]) == 1


def test_a_batch_costs_the_same_statements_whatever_its_size(wired):
    def cost(texts):
        for n in range(texts):
            wired.plan(wired.patient(number=f"+4477009{n:05d}"), cause_id=wired.clinic_id * 1000 + n)
        statements = []
        event.listen(
            db.engine, "before_cursor_execute", listener := lambda *given: statements.append(given[2])
        )
        assert deliver(in_flight=16, batch=100)["accepted"] == texts
        event.remove(db.engine, "before_cursor_execute", listener)
        return len([s for s in statements if "set_config" not in s])

    one = cost(1)
    wired.clinic_id = wired.clinic("Second")
    assert cost(60) <= one + 3  # sixty results are two chunks, or three when half a second runs out


@pytest.mark.parametrize(
    ("fault", "outcome", "expected"),
    [
        ({"kind": "refuse", "code": 21211}, "refused", (S.REFUSED, "refused")),
        ({"kind": "throttle", "seconds": 5}, "later", (S.PLANNED, "too_many")),
        ({"kind": "unavailable"}, "unknown", (S.UNKNOWN, "http_503")),
        ({"kind": "error_after_accept"}, "unknown", (S.UNKNOWN, "http_500")),
        ({"kind": "reset"}, "unknown", (S.UNKNOWN, "connection_lost")),
        ({"kind": "hang", "seconds": 3}, "unknown", (S.UNKNOWN, "no_answer")),
        ({"kind": "reset_after_headers"}, "unknown", None),
        ({"kind": "garbage"}, "unknown", None),
    ],
)
def test_only_a_certain_miss_is_tried_again(wired, fault, outcome, expected):
    wired.plan(wired.patient())
    wired.provider.simulator.faults.add([fault])
    assert deliver()[outcome] == 1
    assert deliver(now=NOON + timedelta(seconds=1))["claimed"] == 0
    if expected:
        assert state(wired) == expected


def test_a_provider_that_cannot_be_reached_is_asked_later_and_remembered(wired):
    from clinic.notifications import trouble

    wired.plan(wired.patient())
    wired.provider.stop()
    assert deliver()["later"] == 1
    message = wired.messages()[0]
    assert (message.state, message.reason) == (S.PLANNED, "no_connection")
    assert message.not_before > NOON
    assert trouble.since() is not None


def test_what_the_provider_refuses_becomes_a_call_and_its_question_is_closed(wired):
    patient = wired.patient()
    wired.plan(patient)
    wired.provider.simulator.faults.add([{"kind": "refuse", "code": 21211}])
    deliver()
    assert wired.calls() == [("refused", patient)]
    assert db.session.scalars(db.select(OpenQuestion.state)).all() == ["superseded"]


def test_an_opt_out_the_provider_knows_of_stops_the_number(wired):
    wired.plan(wired.patient())
    wired.provider.simulator.faults.add([{"kind": "refuse", "code": 21610}])
    deliver()
    assert db.session.scalars(db.select(Contact.stopped_at)).one() is not None
    assert "texts_stopped" in [name for name, _ in wired.heard]


def change(model, **values):
    with transaction():
        db.session.execute(db.update(model).values(**values))


@pytest.mark.parametrize(
    ("model", "values", "reason", "call"),
    [
        (Contact, {"stopped_at": NOON}, "stopped", True),
        (Contact, {"wrong_at": NOON}, "wrong_number", True),
        (Patient, {"died_on": NOON.date()}, "died", False),
        (Patient, {"needs": {"ring_instead_of_texting": True}}, "wants_a_call", True),
        (Patient, {"needs": {"letter_by_post": True}}, "wants_a_letter", True),
        (Message, {"expires_at": NOON + timedelta(seconds=2)}, "expired", False),
        (Message, {"text": "no_such_text"}, "cannot_be_written", True),
    ],
)
def test_what_changed_since_planning_is_seen_at_the_claim(wired, model, values, reason, call):
    wired.plan(wired.patient())
    change(model, **values)
    assert deliver()["suppressed"] == 1
    assert accepts(wired) == []
    assert state(wired)[1] == reason
    assert [kind for kind, _ in wired.calls()] == ([reason] if call else [])


def test_what_its_room_says_is_not_due_is_dropped_without_a_call(wired):
    wired.plan(wired.patient())
    wired.facts[1] = outbox.NotDue("session_cancelled")
    assert deliver()["suppressed"] == 1
    assert (state(wired)[1], wired.calls()) == ("session_cancelled", [])


def test_a_person_without_a_mobile_is_rung(wired):
    patient = wired.patient(number=None)
    wired.plan(patient)
    deliver()
    assert wired.calls() == [("no_mobile", patient)]


def test_a_number_nobody_confirmed_is_asked_first(wired):
    wired.plan(wired.patient(confirmed_on=None))
    assert deliver()["later"] == 1
    waiting, asking = wired.messages()
    assert (waiting.state, waiting.reason) == (S.PLANNED, "number_unconfirmed")
    assert (asking.text, asking.state) == ("number_check", S.PLANNED)


def test_a_number_still_unconfirmed_near_the_end_is_rung(wired):
    patient = wired.patient(confirmed_on=None)
    wired.plan(patient)
    assert deliver(now=NOON + timedelta(hours=2, minutes=58))["suppressed"] == 1  # 3 min is 30 at real scale
    assert wired.calls() == [("number_unconfirmed", patient)]


def test_a_text_put_off_until_it_is_nearly_stale_is_rung_as_well(wired):
    patient = wired.patient()
    wired.plan(patient)
    wired.provider.simulator.faults.add([{"kind": "throttle", "seconds": 5}])
    assert deliver(now=NOON + timedelta(hours=2, minutes=58))["later"] == 1
    assert wired.calls() == [("late", patient)]


def test_a_text_outside_its_hours_waits(wired):
    wired.plan(wired.patient(), expires_at=NOON + timedelta(days=2))
    night = NOON.replace(hour=22)
    change(Message, not_before=night)
    assert deliver(now=night)["later"] == 1
    assert wired.messages()[0].not_before == NOON.replace(day=25, hour=8)


def test_the_weekly_cap_drops_prompts_and_nothing_else(wired):
    patient = wired.patient()
    for n in range(5):
        wired.plan(patient, cause_id=n)
    assert deliver()["accepted"] == 5
    wired.plan(patient, cause_id=10, purpose="prompt")
    wired.plan(patient, cause_id=11)
    deliver()
    assert {m.reason: m.state for m in wired.messages()[5:]} == {
        "weekly_cap": S.SUPPRESSED,
        None: S.ACCEPTED,
    }


def test_urgent_texts_leave_first(wired):
    prompt, change_ = wired.patient("Ada"), wired.patient("Bea")
    wired.plan(prompt, purpose="prompt", due_at=NOON - timedelta(hours=1), now=NOON - timedelta(hours=1))
    wired.plan(change_, purpose="cancellation", cause_id=2)
    deliver(batch=1)
    assert [m.state for m in wired.messages()] == [S.PLANNED, S.ACCEPTED]


@pytest.mark.both_databases
@pytest.mark.parametrize("poison", ["facts", "room"])
def test_a_row_nobody_can_read_is_parked_and_holds_up_nobody(wired, poison):
    for n, name in enumerate(("Ada", "Bea", "Cleo")):
        wired.plan(wired.patient(name), cause_id=n)
    if poison == "facts":
        with transaction():
            db.session.execute(db.text("UPDATE messages SET facts = 'not ciphertext' WHERE id = 2"))
    else:
        known = wired.tables.FACTS["place"]
        wired.tables.FACTS["place"] = lambda ids: 1 / 0 if 1 in ids else known(ids)
    counts = deliver()
    assert (counts["claimed"], counts["accepted"], counts["suppressed"]) == (3, 2, 1)
    assert deliver()["claimed"] == 0
    rows = db.session.execute(db.select(Message.state, Message.reason).order_by(Message.id)).all()
    assert tuple(rows[1]) == (S.PARKED, "poison")
    assert [row.state for row in rows] == [S.ACCEPTED, S.PARKED, S.ACCEPTED]
    assert [kind for kind, _ in wired.calls()] == ["parked"]


def test_a_carer_reads_words_for_the_carer(wired):
    wired.plan(wired.patient("Ada", carer_name="Bernadette"))
    deliver()
    assert accepts(wired)[0]["body"].startswith("Bernadette, Ada's class: Tue 24 Nov, 15:00")


def test_who_asked_for_letters_gets_one_where_there_is_time_and_in_their_form(wired):
    wired.plan(wired.patient(), expires_at=NOON + timedelta(days=6))
    change(Patient, needs={"letter_by_post": True, "large_print": True})
    assert deliver()["suppressed"] == 1
    assert wired.calls() == []
    (task,) = db.session.query(Task).all()
    assert task.kind == "letter_instead"
    assert task.note == "A letter about: a reminder of a session or an appointment. Large print."
