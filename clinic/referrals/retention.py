"""What room 1 need not keep: drafts nobody came back to. Records of care are kept; see docs/operations.md."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from clinic.extensions import db, transaction
from clinic.referrals.drafts import KEPT, remove_old
from clinic.referrals.models import Draft
from clinic.viewer import acting_as, system


@transaction()
def drafts(*, moment: datetime, dry_run: bool) -> tuple[str, int]:
    """RETENTION: referrals begun and not sent for thirty days; how many go, or would go."""
    with acting_as(system("retention")) as by:
        if not dry_run:
            return "drafts", remove_old(by=by)
        old = (Draft.referral_id.is_(None)) & (Draft.changed_at < moment - KEPT)
        return "drafts", db.session.scalar(select(func.count()).select_from(Draft).where(old)) or 0
