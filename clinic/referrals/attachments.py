"""Documents with a referral: kept with its draft, sent with it, read by the staff who decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from clinic import audit
from clinic.extensions import db, transaction
from clinic.referrals.attachments_content import MEDIA, Judged, NotAccepted, judge
from clinic.referrals.models import Draft, Referral
from clinic.referrals.paper import Attachment
from clinic.referrals.references import content_digest
from clinic.viewer import Viewer

MOST = 5  # of one referral
LONGEST_NAME = 80
_SUFFIX = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}


@dataclass(frozen=True, slots=True)
class Document:
    """A file found good, not stored yet."""

    name: str
    judged: Judged

    @property
    def digest(self) -> str:
        return content_digest(self.judged.content.hex())


def document(name: str, content: bytes) -> Document:
    """A file as somebody sent it, judged by its content. Raises NotAccepted."""
    judged = judge(content)
    return Document(plain_name(name, judged.kind), judged)


def plain_name(name: str, kind: str) -> str:
    """What is shown and offered for saving: no path, no control or direction characters, the true ending."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem = re.sub(r"(?:\.\w{1,5})+$", "", shown).strip(" .")[:LONGEST_NAME]
    return f"{stem or 'document'}{_SUFFIX[kind]}"


@transaction()
def add(*, draft: Draft, name: str, content: bytes, by: Viewer) -> Attachment:
    """Keep a document with a draft; the same file twice is once. Raises NotAccepted."""
    found = document(name, content)
    db.session.refresh(draft, with_for_update=True)
    if draft.referral_id is not None:
        raise NotAccepted("The referral is sent already.")
    kept = of_draft(draft.id)
    same = next((row for row in kept if row.digest == found.digest), None)
    if same is not None:
        return same
    if len(kept) >= MOST:
        raise NotAccepted(f"There are {MOST} documents already. Remove one first.")
    row = _row(found, clinic_id=draft.clinic_id, organisation_id=draft.organisation_id, draft_id=draft.id)
    db.session.add(row)
    audit.record("attachment.added", by=by, about=row, kind=row.kind, size=row.size)
    return row


@transaction()
def remove(*, draft: Draft, public_id: str, by: Viewer) -> None:
    """Take a document off a draft; a sent one stays."""
    for row in of_draft(draft.id):
        if row.public_id == public_id and draft.referral_id is None:
            audit.record("attachment.removed", by=by, about=row)
            db.session.delete(row)


@transaction()
def send(*, draft: Draft, referral: Referral, by: Viewer) -> None:
    """What was kept with the draft now belongs to its referral."""
    for row in of_draft(draft.id):
        row.referral_id, row.patient_id, row.draft_id = referral.id, referral.patient_id, None
        audit.record("attachment.sent", by=by, about=row, referral_id=referral.id)


@transaction()
def keep(*, referral: Referral, documents: Sequence[Document], by: Viewer) -> list[Attachment]:
    """Store what came with a referral by FHIR; what is there already is not stored again."""
    there = {row.digest for row in of_referral(referral.id)}
    rows = []
    for found in documents[:MOST]:
        if found.digest in there:
            continue
        there.add(found.digest)
        row = _row(
            found,
            clinic_id=referral.clinic_id,
            organisation_id=referral.organisation_id,
            referral_id=referral.id,
            patient_id=referral.patient_id,
        )
        db.session.add(row)
        audit.record("attachment.sent", by=by, about=row, referral_id=referral.id)
        rows.append(row)
    return rows


@transaction()
def fetch(*, public_id: str, by: Viewer) -> tuple[Attachment, bytes] | None:
    """A document of a referral with its bytes, if the viewer may see it; each fetching is an audit row."""
    query = select(Attachment).where(Attachment.public_id == public_id, Attachment.referral_id.is_not(None))
    row = db.session.scalars(query).first()
    if row is None:
        return None
    audit.record("attachment.downloaded", by=by, about=row, patient_id=row.patient_id)
    return row, row.content


def of_draft(draft_id: int) -> list[Attachment]:
    """The documents of a draft, as they were added."""
    return list(
        db.session.scalars(select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id))
    )


def of_referral(referral_id: int) -> list[Attachment]:
    """The documents of a referral, without their bytes."""
    query = select(Attachment).where(Attachment.referral_id == referral_id).order_by(Attachment.id)
    return list(db.session.scalars(query))


def of_episode(episode_id: int) -> list[Attachment]:
    """The documents of every referral of an episode, as far as the viewer sees."""
    query = select(Attachment).join(Referral, Referral.id == Attachment.referral_id)
    return list(db.session.scalars(query.where(Referral.episode_id == episode_id).order_by(Attachment.id)))


def count_of_draft(draft_id: int) -> int:
    query = select(func.count()).select_from(Attachment).where(Attachment.draft_id == draft_id)
    return db.session.scalar(query) or 0


def media(row: Attachment) -> str:
    """The media type of its content, as judged."""
    return MEDIA[row.kind]


def _row(found: Document, **home: int | None) -> Attachment:
    return Attachment(
        name=found.name,
        kind=found.judged.kind,
        size=len(found.judged.content),
        digest=found.digest,
        content=found.judged.content,
        **home,
    )
