import pytest
from twilio.request_validator import RequestValidator

from clinic.extensions import db
from clinic.notifications.models import Inbound, Message, MessageState, Receipt
from tests.notifications.conftest import ACCOUNT, TOKEN, Post

BASE = "https://upright.example"


@pytest.fixture
def web(make_app):
    from clinic.viewer import acting_as, system

    app = make_app(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, public_base_url=BASE)
    with app.app_context(), acting_as(system("test")):
        yield Post(app)


def post_signed(web, path, form, signature=None):
    good = RequestValidator(TOKEN).compute_signature(BASE + path, form)
    headers = {"X-Twilio-Signature": good if signature is None else signature}
    return web.app.test_client().post(path, data=form, headers=headers)


def sent(web):
    web.plan(web.patient())
    db.session.execute(db.update(Message).values(state=MessageState.SENDING, attempt=1))
    db.session.commit()
    return web.messages()[0]


def receipt(message, status="delivered"):
    return f"/twilio/status?m={message.public_id}&a=1", {"MessageSid": "SM1", "MessageStatus": status}


def test_a_signed_receipt_is_taken(web):
    message = sent(web)
    assert post_signed(web, *receipt(message)).status_code == 204
    assert web.messages()[0].state is MessageState.DELIVERED


@pytest.mark.parametrize("signature", ["", "bm90IG91cnM=", "é"])
def test_an_unsigned_or_forged_receipt_is_refused_and_nothing_is_written(web, signature):
    message = sent(web)
    assert post_signed(web, *receipt(message), signature=signature).status_code == 403
    assert db.session.scalars(db.select(Receipt)).all() == []


def test_a_receipt_whose_words_or_address_were_changed_is_refused(web):
    message = sent(web)
    path, form = receipt(message, "failed")
    signature = RequestValidator(TOKEN).compute_signature(BASE + path, form)
    assert post_signed(web, path, {**form, "MessageStatus": "delivered"}, signature).status_code == 403
    assert post_signed(web, path.replace("a=1", "a=2"), form, signature).status_code == 403


def test_without_any_signature_header_it_is_refused(web):
    assert web.app.test_client().post("/twilio/inbound", data={"Body": "1"}).status_code == 403


def test_a_receipt_for_nobody_is_quietly_taken(web):
    path = "/twilio/status?m=00000000-0000-0000-0000-000000000000&a=x"
    assert post_signed(web, path, {"MessageSid": "SM1", "MessageStatus": "sent"}).status_code == 204


def test_a_signed_reply_is_heard_and_answered_through_the_outbox(web):
    web.patient()
    form = {"MessageSid": "SM9", "From": "+447700900001", "To": "+447700900000", "Body": "CALL ME"}
    answer = post_signed(web, "/twilio/inbound", form)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert b"<Message" not in answer.data
    assert db.session.scalars(db.select(Inbound.effect)).all() == ["call_me"]


def test_a_reply_with_blank_and_unknown_fields_is_still_ours(web):
    web.patient()
    form = {"MessageSid": "SM9", "From": "+447700900001", "To": "+447700900000", "Body": "", "New": ""}
    assert post_signed(web, "/twilio/inbound", form).status_code == 200
