"""When the provider fails: remembered from its first failure, so that every staff page can say so (F17)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, select, update

from clinic.extensions import db, transaction
from clinic.notifications.models import ProviderTrouble


def note(counts: Mapping[str, int], *, now: datetime) -> None:
    """After a batch: an accept ends the trouble, a batch without one begins or prolongs it."""
    failed = counts["later"] + counts["unknown"]
    if counts["accepted"]:
        _end(now)
    elif failed:
        _go_on(now)


def began() -> Select[datetime]:
    """When the present trouble began: one row, or none when there is no trouble."""
    open_one = select(ProviderTrouble.began_at).where(ProviderTrouble.ended_at.is_(None))
    return open_one.order_by(ProviderTrouble.id).limit(1)


def since() -> datetime | None:
    """When the present trouble began; None when there is none."""
    return db.session.scalars(began()).first()


def _end(now: datetime) -> None:
    with transaction():
        db.session.execute(
            update(ProviderTrouble)
            .where(ProviderTrouble.ended_at.is_(None))
            .values(ended_at=now, last_at=now)
        )


def _go_on(now: datetime) -> None:
    with transaction():
        row = db.session.scalars(
            select(ProviderTrouble).where(ProviderTrouble.ended_at.is_(None)).limit(1)
        ).first()
        if row is None:
            db.session.add(ProviderTrouble(began_at=now, last_at=now))
        else:
            row.last_at = now
