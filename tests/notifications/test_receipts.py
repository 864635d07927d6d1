from itertools import permutations

import pytest

from clinic.extensions import db
from clinic.notifications import delivery, posting, receipts
from clinic.notifications.models import Message, MessageState, Receipt
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system
from tests.notifications.conftest import NOON

S = MessageState


def tell(message, status, sid="SM1", attempt=None, code=None):
    return receipts.receive(
        public_id=message.public_id,
        attempt=message.attempt if attempt is None else attempt,
        sid=sid,
        status=status,
        error_code=code,
        now=NOON,
    )


def sending(post):
    """A text whose 201 we have not seen yet."""
    post.plan(post.patient())
    db.session.execute(db.update(Message).values(state=S.SENDING, attempt=1))
    db.session.commit()
    return post.messages()[0]


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_the_order_of_receipts_does_not_matter(post, order):
    message = sending(post)
    for status in order:
        tell(message, status)
    assert post.messages()[0].state is S.DELIVERED


@pytest.mark.both_databases
def test_a_receipt_before_the_answer_settles_the_text_and_the_answer_does_not_undo_it(wired):
    wired.plan(wired.patient())
    seen = []
    send = posting.gateway_for

    class Early:
        def __init__(self, gateway):
            self.gateway = gateway

        def send(self, parcel):
            outcome = self.gateway.send(parcel)
            with wired.app.app_context(), acting_as(system("test")):
                [message] = wired.messages()
                seen.append(tell(message, "delivered", sid=outcome.sid))
            return outcome

    posting.gateway_for = lambda *args, **kwargs: Early(send(*args, **kwargs))
    try:
        assert delivery.deliver(now=NOON)["accepted"] == 1
    finally:
        posting.gateway_for = send
    assert (seen, wired.messages()[0].state) == ([True], S.DELIVERED)


def test_the_same_receipt_again_changes_nothing(post):
    message = sending(post)
    for _ in range(3):
        tell(message, "delivered")
    assert len(db.session.scalars(db.select(Receipt)).all()) == 1
    assert [name for name, _ in post.heard].count("message_settled") == 1


def test_an_undelivered_reminder_is_rung(post):
    message = sending(post)
    tell(message, "undelivered", code="30003")
    assert post.calls() == [("undelivered", message.patient_id)]


def test_an_opt_out_told_by_a_receipt_stops_the_number(post):
    message = sending(post)
    contact = db.session.scalars(db.select(Contact)).one()
    db.session.execute(db.update(Message).values(sent_to_index=contact.value_index))
    db.session.commit()
    tell(message, "failed", code="21610")
    assert db.session.scalars(db.select(Contact.stopped_at)).one() == NOON


def test_a_receipt_of_an_attempt_that_was_given_up_moves_nothing(post):
    message = sending(post)
    assert tell(message, "sent", attempt=0) is True
    assert post.messages()[0].state is S.SENDING


def test_a_receipt_proves_that_a_text_put_off_had_left(post):
    message = sending(post)
    db.session.execute(db.update(Message).values(state=S.PLANNED))
    db.session.commit()
    tell(message, "sent")
    assert post.messages()[0].state is S.SENT


def test_a_receipt_for_nothing_of_ours_is_told_apart(post):
    nobody = Message(public_id="00000000-0000-0000-0000-000000000000", attempt=1)
    assert tell(nobody, "sent") is False


@pytest.mark.parametrize("state", list(S))
def test_no_receipt_ever_moves_a_text_backwards(state):
    rank = {S.ACCEPTED: 1, S.SENT: 2, S.UNDELIVERED: 3, S.DELIVERED: 4}
    for told in receipts.WORDS.values():
        if receipts.may_move(state, told):
            assert rank[told] > rank.get(state, 0)
    assert not receipts.may_move(S.SUPPRESSED, S.SENT)
