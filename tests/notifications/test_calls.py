"""A text that cannot do it becomes a call that says what the text was about, whatever it was about."""

import pytest

from clinic.extensions import db, now, transaction
from clinic.notifications import calls
from clinic.notifications.models import Message
from clinic.notifications.rules.window import Purpose
from clinic.viewer import acting_as, system
from clinic.worklist.models import CallListEntry

CALLED = sorted(set(Purpose) - calls.NO_CALL)


@pytest.mark.parametrize("purpose", CALLED)
def test_every_text_that_ends_in_a_call_says_what_it_was_about(post, purpose):
    with acting_as(system("test")), transaction():
        post.plan(post.patient(), purpose=purpose.value)
        message = db.session.query(Message).one()
        assert calls.instead_of(message, "undelivered", now=now())
        (call,) = db.session.query(CallListEntry)
        assert call.note == f"The text was about: {calls.ABOUT[purpose]}."
