"""A draft's last week: said on its page, told once by e-mail without a patient's data, then it is removed."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from sqlalchemy import select

from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.referrals import drafts, entry
from clinic.referrals.models import Draft
from clinic.viewer import acting_as, system


@transaction()
def warn(moment: datetime) -> int:
    """Tell everybody whose unsent draft goes within a week, once each time it is left; how many."""
    with acting_as(system("drafts")):
        old = select(Draft).where(Draft.referral_id.is_(None), Draft.changed_at <= moment - drafts.WARNED)
        return sum(_told(draft, moment) for draft in db.session.scalars(old.order_by(Draft.id)))


def tend(moment: datetime) -> None:
    """What time alone does to drafts, a day at a time: the warning, then the removal."""
    warn(moment)
    with acting_as(system("drafts")) as by:
        drafts.remove_old(by=by)


def _told(draft: Draft, moment: datetime) -> bool:
    goes = draft.changed_at + drafts.KEPT
    if goes <= moment:
        return False
    day = access.local(draft.clinic_id, goes)
    page = "referrals.entries" if entry.at_desk(draft) else "referrals.refer"
    return outbox.plan_one(
        patient=None,
        clinic_id=draft.clinic_id,
        recipient_kind="user",
        recipient_id=draft.user_id,
        channel="email",
        text="draft_ends",
        purpose="invitation",
        cause_kind="draft",
        cause_id=draft.id,
        cause_revision=draft.changed_at.date().toordinal(),
        rule="draft_ends",
        due_at=moment,
        expires_at=goes,
        facts={"until": f"{day:%a} {day.day} {day:%b}", "link": f"{config().public_base_url}{_path(page)}"},
        now=moment,
    )


def _path(endpoint: str) -> str:
    with current_app.test_request_context():
        return url_for(endpoint)
