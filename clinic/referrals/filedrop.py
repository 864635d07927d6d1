"""Letters into a practice's own folder, which its record system reads: whole files, retried, recorded.

A folder for each practice, named by its ODS code, below the setting LETTERS_FOLDER; a file's name is the
letter's opaque id. A letter that cannot be put there becomes work for a person, and is still tried again.
"""

from __future__ import annotations

import logging
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, now, transaction
from clinic.referrals import letters_prints, letters_sending
from clinic.referrals.paper import LetterDelivery, Route, Step
from clinic.viewer import Viewer

log = logging.getLogger(__name__)
AT_ONCE = 20
LEASE = timedelta(minutes=10)  # another worker may try again after this
WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60))  # the last one for ever
TELL_AFTER = 3  # tries, about 20 minutes: then a person knows
_ODS = re.compile(r"[A-Z0-9]{3,12}")


class CannotDrop(Exception):
    """Why a letter could not be put into the folder, in one coded word."""


def drop_due(*, by: Viewer) -> tuple[int, int]:
    """Put every due letter into its folder; how many got there, and how many did not."""
    done = failed = 0
    for delivery_id in _claim(now()):
        why = _drop(delivery_id)
        _record(delivery_id, why, by=by)
        done, failed = done + (why is None), failed + (why is not None)
    return done, failed


def put(folder: Path, name: str, content: bytes) -> None:
    """A whole file or none: written beside its place, flushed to the disk, then named. Raises OSError."""
    part = folder / f".{name}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def folder_of(ods: str) -> Path:
    """The practice's folder, made if need be. Raises CannotDrop, OSError."""
    root = config().letters_folder or (str(config().instance_dir / "letters") if config().demo else "")
    if not root:
        raise CannotDrop("no_folder_set")
    if not _ODS.fullmatch(ods):
        raise CannotDrop("no_ods_code")
    folder = Path(root) / ods
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


@transaction()
def _claim(moment: datetime) -> list[int]:
    """What is due, put off by a lease: two workers do not do the same, and a crash is made good."""
    due = (
        select(LetterDelivery)
        .where(
            LetterDelivery.route == Route.FILE_DROP,
            LetterDelivery.arrived_at.is_(None),
            LetterDelivery.next_try_at <= moment,
        )
        .order_by(LetterDelivery.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=LetterDelivery)
    )
    rows = list(db.session.scalars(due))
    for row in rows:
        row.next_try_at = moment + LEASE
    return [row.id for row in rows]


def _drop(delivery_id: int) -> str | None:
    """Why it did not go, or None; nothing is locked while the disk works. The same file twice is once."""
    row = db.session.get_one(LetterDelivery, delivery_id)
    letter = row.letter
    try:
        folder = folder_of(access.organisation(row.organisation_id or 0).ods)
        put(folder, f"{letter.public_id}.txt", letter.body.encode())
        put(folder, f"{letter.public_id}.pdf", letters_prints.pdf_of(letter))
    except CannotDrop as problem:
        return str(problem)
    except OSError as problem:
        log.warning("a letter could not be put into its folder: %s", type(problem).__name__)
        return "folder_not_writable"
    except Exception as problem:  # one bad letter must not hold up the others: a person gets it
        log.error("letter %s could not be printed: %s", letter.id, type(problem).__name__)
        return "cannot_be_printed"
    return None


@transaction()
def _record(delivery_id: int, why: str | None, *, by: Viewer) -> None:
    row = db.session.get_one(LetterDelivery, delivery_id, with_for_update={"of": LetterDelivery})
    if why is None:
        letters_sending.step(row, Step.DROPPED, by=by)
        return
    if row.arrived_at is not None:
        return
    row.next_try_at = now() + WAITS[min(row.tries, len(WAITS) - 1)]
    row.tries += 1
    letters_sending.step(row, Step.DROP_FAILED, by=by, reason=why)
    if row.tries == TELL_AFTER:
        letters_sending.ask_to_post(row, by=by)
