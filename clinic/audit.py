"""Who did what, in the caller's transaction, with a keyed MAC; a sealer chains what is committed.

Rows hold ids and coded words, never a name, a number or a body. The chain is made after commit, in
batches, because a chain inside the transaction makes every booking wait for every other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, UtcDateTime, config
from clinic.extensions import db, in_transaction, now, transaction, write_last
from clinic.viewer import Viewer

GENESIS = "0" * 64


class AuditEvent(db.Model):
    """One thing that happened; never updated, never deleted (the database refuses both)."""

    __tablename__ = "audit_events"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    clinic_id: Mapped[int | None] = mapped_column(BigId, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60), index=True)
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    mac: Mapped[str] = mapped_column(String(64))


class AuditSeal(db.Model):
    """A link of the chain: the hash of the link before and of every row it covers, in order."""

    __tablename__ = "audit_seals"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class AuditSealed(db.Model):
    """Which seal covers an event, and where in it."""

    __tablename__ = "audit_sealed"
    event_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    seal_id: Mapped[int] = mapped_column(BigId, ForeignKey("audit_seals.id"), index=True)
    position: Mapped[int]


def record(
    action: str, *, by: Viewer, about: Any = None, clinic_id: int | None = None, **details: Any
) -> None:
    """Write down one act in the caller's transaction: both are kept, or neither.

    `about` is a row (already flushed) or None; `details` are ids and coded words.
    """
    if not in_transaction():
        raise RuntimeError(f"audit.record({action!r}) outside transaction()")
    if about is not None and about.id is None:
        db.session.flush()
    act: dict[str, Any] = {
        "clinic_id": clinic_id or getattr(about, "clinic_id", None) or by.clinic_id,
        "at": now(),
        "actor": by.label,
        "action": action,
        "about_kind": about.__tablename__ if about is not None else "",
        "about_id": about.id if about is not None else None,
        "details": details,
    }
    write_last(_WRITE_DOWN, {**act, "mac": _mac(**act)})


# a statement of its own: a row nobody looks at again needs no object, and no flush
_WRITE_DOWN = insert(AuditEvent.__table__).inline()


def mac_of(event: AuditEvent) -> str:
    """The keyed MAC of everything in the row but its id, which the database gives."""
    return _mac(**{name: getattr(event, name) for name in COVERED})


COVERED = ("clinic_id", "at", "actor", "action", "about_kind", "about_id", "details")


def _mac(*, at: datetime, **act: Any) -> str:
    words = [at.astimezone(UTC).isoformat() if name == "at" else act[name] for name in COVERED]
    key = config().audit_key.get_secret_value().encode()
    canonical = json.dumps(words, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


@transaction()
def seal(*, limit: int = 5000) -> str | None:
    """Chain the committed rows that no seal covers yet; the new head, or None when there were none."""
    covered = select(AuditSealed.event_id).where(AuditSealed.event_id == AuditEvent.id)
    rows = db.session.execute(
        select(AuditEvent.id, AuditEvent.mac).where(~covered.exists()).order_by(AuditEvent.id).limit(limit)
    ).all()
    if not rows:
        return None
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    previous = last.digest if last else GENESIS
    link = AuditSeal(at=now(), previous=previous, digest=digest_of(previous, [(r.id, r.mac) for r in rows]))
    db.session.add(link)
    db.session.flush()
    db.session.add_all(
        AuditSealed(event_id=row.id, seal_id=link.id, position=n) for n, row in enumerate(rows)
    )
    return link.digest


def digest_of(previous: str, rows: list[tuple[int, str]]) -> str:
    body = "".join(f"|{event_id}:{mac}" for event_id, mac in rows)
    return hashlib.sha256((previous + body).encode()).hexdigest()


def verify(*, head: str | None = None) -> dict[str, Any]:
    """Count sealed and unsealed rows and name the tampered ones; `head` is the last exported one.

    A head that is no longer in the chain means the tail was cut.
    """
    events = {e.id: e for e in db.session.scalars(select(AuditEvent))}
    tampered = sorted(e.id for e in events.values() if not hmac.compare_digest(e.mac, mac_of(e)))
    covers: dict[int, list[tuple[int, int]]] = {}
    for link in db.session.scalars(select(AuditSealed)):
        covers.setdefault(link.seal_id, []).append((link.position, link.event_id))
    broken, previous, heads, sealed = [], GENESIS, {GENESIS}, 0
    for chain in db.session.scalars(select(AuditSeal).order_by(AuditSeal.id)):
        ids = [event_id for _, event_id in sorted(covers.get(chain.id, []))]
        sealed += len(ids)
        rows = [(i, events[i].mac if i in events else "gone") for i in ids]
        tampered += [i for i in ids if i not in events]
        if chain.previous != previous or chain.digest != digest_of(previous, rows):
            broken.append(chain.id)
        previous = chain.digest
        heads.add(previous)
    return {
        "sealed": sealed,
        "unsealed": len(events) - sealed + sum(1 for i in tampered if i not in events),
        "tampered": sorted(set(tampered)),
        "broken_seals": broken,
        "tail_cut": head is not None and head not in heads,
        "head": previous,
    }
