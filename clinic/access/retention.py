"""What the front door need not keep: sessions long over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from clinic.access.models import SignIn
from clinic.extensions import db, transaction

KEPT = timedelta(days=30)  # after a session's end, for questions about who was signed in


@transaction()
def sign_ins(*, moment: datetime, dry_run: bool) -> tuple[str, int]:
    """RETENTION: sessions that ended more than thirty days ago; how many go, or would go."""
    over: ColumnElement[bool] = SignIn.expires_at < moment - KEPT
    count = db.session.scalar(select(func.count()).select_from(SignIn).where(over)) or 0
    if count and not dry_run:
        db.session.execute(delete(SignIn).where(over))
    return "sign_ins", count
