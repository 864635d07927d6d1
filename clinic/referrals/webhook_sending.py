"""Webhook notices leave here: claimed by practice, posted with no transaction open, in order.

A notice that nobody takes stops the ones behind it and is tried again; the same event may arrive twice and
keeps its id. Three days after the change it is given up, and the practice's page says so.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, select

from clinic import audit
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.referrals import webhook_wire
from clinic.referrals.webhook_rows import EventState, Webhook, WebhookEvent
from clinic.viewer import Viewer, acting_as, system

log = logging.getLogger(__name__)
WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720))  # the last one for ever
GIVE_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=5)
AT_ONCE = 20  # events of one practice in a pass
LONGEST_PASS = 60.0  # seconds; well inside the lease
STATUS, TEST = "referral.status", "test"


def deliver_due() -> dict[str, int]:
    """One pass over every practice whose turn it is; a second one beside it finds nothing to do."""
    counts = {"delivered": 0, "failed": 0}
    began = monotonic()
    with acting_as(system("webhooks")):
        for hook_id, url, secret, events in _claim():
            why = None
            for event in events:
                if monotonic() - began > LONGEST_PASS:
                    break
                why = _post(url, secret, event)
                _record(hook_id, event["id"], why)
                counts["failed" if why else "delivered"] += 1
                if why:
                    break
            if why is None:
                _release(hook_id)
    return counts


def post_test(*, hook: Webhook, by: Viewer) -> str | None:
    """Post a notice about nothing, now; None when it was taken, else why not in one coded word."""
    event = {"id": str(uuid4()), "type": TEST, "time": now().astimezone(UTC).isoformat()}
    why = _post(hook.url, hook.secret, event)
    with transaction():
        row = db.session.get_one(Webhook, hook.id)
        audit.record("webhook.tested", by=by, about=row, result=why or "delivered")
    return why


def body_of(row: WebhookEvent) -> dict[str, Any]:
    """What is posted: ids, the Task's status, our own state, the time. Nothing about the patient."""
    return {
        "id": row.public_id,
        "type": STATUS,
        "time": row.at.astimezone(UTC).isoformat(),
        "referral": f"ServiceRequest/{row.referral_public_id}",
        "task": f"Task/{row.referral_public_id}",
        "reference": row.reference,
        "status": row.status,
        "businessStatus": row.business_status,
    }


@transaction()
def _claim() -> list[tuple[int, str, str, list[dict[str, Any]]]]:
    """The practices whose turn it is, put off by a lease, each with its oldest notices."""
    moment = now()
    waits = exists().where(WebhookEvent.webhook_id == Webhook.id, WebhookEvent.state == EventState.PLANNED)
    due = (
        select(Webhook)
        .where(Webhook.paused_at.is_(None), Webhook.next_try_at <= moment, waits)
        .order_by(Webhook.next_try_at)
        .with_for_update(skip_locked=True, of=Webhook)
    )
    found = []
    for hook in db.session.scalars(due):
        hook.next_try_at = moment + LEASE
        mine = WebhookEvent.webhook_id == hook.id, WebhookEvent.state == EventState.PLANNED
        rows = db.session.scalars(select(WebhookEvent).where(*mine).order_by(WebhookEvent.id).limit(AT_ONCE))
        found.append((hook.id, hook.url, hook.secret, [body_of(row) for row in rows]))
    return found


def _post(url: str, secret: str, event: dict[str, Any]) -> str | None:
    body = json.dumps(event, separators=(",", ":")).encode()
    moment = int(now().timestamp())
    return webhook_wire.post(url, body, secret=secret, event=event["id"], moment=moment, inside=config().demo)


@transaction()
def _record(hook_id: int, public_id: str, why: str | None) -> None:
    """What became of one try; after a failure the practice's others wait, and old ones are given up."""
    moment = now()
    hook = db.session.get_one(Webhook, hook_id, with_for_update=True)
    query = select(WebhookEvent).where(WebhookEvent.public_id == public_id)
    row = db.session.scalars(query.with_for_update()).one()
    hook.last_tried_at, row.tries = moment, row.tries + 1
    if why is None:
        hook.failures, hook.last_error, hook.last_delivered_at = 0, None, moment
        row.state, row.settled_at = EventState.DELIVERED, moment
        return
    hook.next_try_at = moment + WAITS[min(hook.failures, len(WAITS) - 1)]
    hook.failures, hook.last_error = hook.failures + 1, why
    log.warning("webhook %s was not taken: %s", hook_id, why)
    old = (
        WebhookEvent.webhook_id == hook_id,
        WebhookEvent.state == EventState.PLANNED,
        WebhookEvent.at <= moment - GIVE_UP_AFTER,
    )
    for late in db.session.scalars(select(WebhookEvent).where(*old)):
        late.state, late.settled_at = EventState.GIVEN_UP, moment
        audit.record("webhook.given_up", by=system("webhooks", late.clinic_id), about=late, why=why)


@transaction()
def _release(hook_id: int) -> None:
    """All went: the next change may go at once."""
    hook = db.session.get_one(Webhook, hook_id, with_for_update=True)
    hook.next_try_at = now()
