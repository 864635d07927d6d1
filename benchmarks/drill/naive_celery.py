"""The other sender everybody writes first: one Celery task a text, that posts, records and retries.

Started as `celery -A benchmarks.drill.naive_celery worker`; only the queue in Redis knows what to send.
"""

from __future__ import annotations

import os

from celery import Celery

from benchmarks.drill.naive import account, post
from clinic.app import create_app
from clinic.extensions import db
from clinic.notifications.models import Message, MessageState
from clinic.viewer import acting_as, system

flask_app = create_app()
app = Celery("naive", broker=os.environ["REDIS_URL"], set_as_current=False)


@app.task(autoretry_for=(Exception,), default_retry_delay=0.2, max_retries=48)
def send(message_id: int) -> None:
    """Post, then write it down; whatever fails, Celery tries again."""
    with flask_app.app_context(), acting_as(system("naive")):
        message = db.session.get_one(Message, message_id)
        message.sid = post(account(), message).sid
        message.state = MessageState.ACCEPTED
        db.session.commit()
