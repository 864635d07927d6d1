from datetime import timedelta

from clinic.extensions import db, now
from clinic.notifications import delivery, retention
from clinic.notifications.models import Message
from tests.notifications.conftest import NOON


def test_old_words_go_and_the_fact_of_the_text_stays(wired):
    wired.plan(wired.patient())
    delivery.deliver(now=NOON)
    later = now() + timedelta(days=401)
    assert retention.words(moment=now(), dry_run=False) == ("texts", 0)
    assert retention.words(moment=later, dry_run=True) == ("texts", 1)
    assert retention.words(moment=later, dry_run=False) == ("texts", 1)
    assert retention.words(moment=later, dry_run=False) == ("texts", 0)
    [message] = wired.messages()
    assert (message.body, message.sent_to, message.state) == (None, None, "accepted")
    assert db.session.scalars(db.select(Message.sid)).one()
