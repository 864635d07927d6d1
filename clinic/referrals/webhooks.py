"""A practice's system hears of every change of its referrals' status: set up by an admin, planned with the
change in one transaction, without a patient's data. `webhook_sending` delivers.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from clinic import audit
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.referrals import webhook_wire
from clinic.referrals.fhir import status
from clinic.referrals.models import Episode, Referral
from clinic.referrals.webhook_rows import EventState, Webhook, WebhookEvent
from clinic.viewer import Viewer, acting_as, system

LISTED = 20
TELL_AFTER = 3  # tries in a row, about twenty minutes: then an administrator sees it on every page
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a webhook does: its newest events, and how many wait or were given up."""

    hook: Webhook
    events: list[WebhookEvent]
    waiting: int
    given_up: int


def of(organisation_id: int) -> Webhook | None:
    """The viewer's clinic's webhook to a practice."""
    return db.session.scalars(select(Webhook).where(Webhook.organisation_id == organisation_id)).first()


def standing(hook: Webhook) -> Standing:
    """What an administrator sees of a webhook."""
    mine = WebhookEvent.webhook_id == hook.id
    newest = select(WebhookEvent).where(mine).order_by(WebhookEvent.id.desc()).limit(LISTED)
    counts = select(WebhookEvent.state, func.count()).where(mine).group_by(WebhookEvent.state)
    found = {state: int(count) for state, count in db.session.execute(counts)}
    waiting, given_up = found.get(EventState.PLANNED, 0), found.get(EventState.GIVEN_UP, 0)
    return Standing(hook, list(db.session.scalars(newest)), waiting, given_up)


def notices() -> list[dict[str, str]]:
    """What stands on an administrator's pages while a practice's system takes nothing. One statement."""
    failing = Webhook.failures >= TELL_AFTER, Webhook.paused_at.is_(None)
    query = select(Webhook.organisation_id).where(*failing).order_by(Webhook.failures.desc()).limit(1)
    practice_id = db.session.scalar(query)
    if practice_id is None:
        return []
    href = f"/practices/{practice_id}/webhook"
    return [{"title": "A practice's system does not take our notices.", "href": href, "action": "See why"}]


@transaction()
def register(*, clinic_id: int, organisation_id: int, url: str, by: Viewer) -> str:
    """Where to post from now on; answers the new secret, which is shown once. Raises BadAddress."""
    webhook_wire.target_of(url, inside=config().demo)
    hook = of(organisation_id) or Webhook(clinic_id=clinic_id, organisation_id=organisation_id)
    hook.url, hook.secret = url.strip(), f"whsec_{secrets.token_urlsafe(32)}"
    hook.paused_at, hook.failures, hook.last_error, hook.next_try_at = None, 0, None, now()
    db.session.add(hook)
    audit.record("webhook.registered", by=by, about=hook, organisation_id=organisation_id)
    return hook.secret


@transaction()
def pause(*, hook: Webhook, by: Viewer) -> None:
    """Nothing is posted until it goes on; what happens meanwhile waits."""
    _locked(hook).paused_at = now()
    audit.record("webhook.paused", by=by, about=hook)


@transaction()
def go_on(*, hook: Webhook, by: Viewer) -> None:
    """Post again, at once, what waits and what was given up."""
    row = _locked(hook)
    row.paused_at, row.failures, row.last_error, row.next_try_at = None, 0, None, now()
    again = WebhookEvent.webhook_id == row.id, WebhookEvent.state == EventState.GIVEN_UP
    db.session.execute(
        update(WebhookEvent)
        .where(*again)
        .values(state=EventState.PLANNED, at=WebhookEvent.at, settled_at=None)
    )
    audit.record("webhook.resumed", by=by, about=row)


def referral_received(*, referral_id: int) -> None:
    """EVENTS: a new referral, by whatever door, is the first thing its practice's system hears."""
    row = db.session.get_one(Referral, referral_id)
    _plan(row.episode, referral_id=row.id)


def episode_moved(*, episode_id: int) -> None:
    """EVENTS: every live referral of the episode, to the practice that holds it."""
    episode = db.session.get_one(Episode, episode_id)
    _plan(episode, live_of=episode.id)


def withdrawn(referral: Referral) -> None:
    """A referral was taken back, on the web or by another system of the practice."""
    _plan(referral.episode, referral_id=referral.id)


@transaction()
def forget_old(*, moment: datetime, dry_run: bool) -> tuple[str, int]:
    """RETENTION: notices settled more than ninety days ago; how many go, or would go."""
    with acting_as(system("retention")):
        old = WebhookEvent.settled_at < moment - KEPT
        count = db.session.scalar(select(func.count()).select_from(WebhookEvent).where(old)) or 0
        if count and not dry_run:
            db.session.execute(delete(WebhookEvent).where(old))
    return "webhook_events", count


def _plan(episode: Episode, **which: int) -> None:
    """One event for each referral whose practice has a webhook; one statement when none has."""
    with acting_as(system("webhooks", episode.clinic_id)):
        wanted = db.session.execute(
            _wanted(one="referral_id" in which), {"practice": episode.organisation_id, **which}
        )
        for hook_id, row in wanted.all():
            db.session.add(
                WebhookEvent(
                    clinic_id=row.clinic_id,
                    organisation_id=row.organisation_id,
                    webhook_id=hook_id,
                    patient_id=row.patient_id,
                    referral_id=row.id,
                    referral_public_id=row.public_id,
                    reference=row.reference,
                    status=status.status_of(row, episode),
                    business_status=status.state_of(row, episode),
                    at=now(),
                )
            )
        db.session.flush()


@cache
def _wanted(*, one: bool) -> Any:
    """Asked at every change of every referral, so built once."""
    live = (Referral.episode_id == bindparam("live_of")) & Referral.withdrawn_at.is_(None)
    query = select(Webhook.id, Referral).join(Referral, Referral.organisation_id == Webhook.organisation_id)
    query = query.where(Webhook.organisation_id == bindparam("practice"))
    return query.where(Referral.id == bindparam("referral_id") if one else live).order_by(Referral.id)


def _locked(hook: Webhook) -> Webhook:
    return db.session.get_one(Webhook, hook.id, with_for_update=True)
