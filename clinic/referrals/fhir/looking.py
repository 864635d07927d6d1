"""Reads as services: what an organisation's computer may see, and one audit row for each page it saw."""

from __future__ import annotations

import re
from datetime import date

from clinic import audit
from clinic.extensions import transaction
from clinic.referrals import letters_reading, queries
from clinic.referrals.fhir import lookup, showing
from clinic.referrals.fhir.issues import refused
from clinic.referrals.fhir.shape import Json
from clinic.referrals.models import Letter, Referral
from clinic.viewer import Viewer

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


@transaction()
def service_request(*, public_id: str, by: Viewer, version: str | None = None) -> Json:
    """A referral; only its present version is kept. Raises Refused 404."""
    row = lookup.own(_checked(public_id))
    if version is not None and version != str(row.version):
        raise refused(404, "not-found", "Only the present version is kept.")
    audit.record("referral.read", by=by, about=row)
    return showing.service_request(row)


@transaction()
def service_requests(*, identifier: str, by: Viewer) -> list[Json]:
    """By the sender's identifier or our reference."""
    if not identifier.isprintable():
        raise refused(400, "value", "The identifier has a control character.")
    rows = lookup.by_identifier(identifier)
    audit.record("referral.searched", by=by, clinic_id=_clinic(rows), referral_ids=[row.id for row in rows])
    return [showing.service_request(row) for row in rows]


@transaction()
def task(*, public_id: str, by: Viewer) -> Json:
    """Where a referral is. Raises Refused 404."""
    row = lookup.own(_checked(public_id))
    audit.record("referral.followed", by=by, about=row)
    return showing.task(row)


@transaction()
def tasks(*, focus: str, by: Viewer) -> list[Json]:
    """The Task of a referral, or nothing."""
    row = queries.referral(focus) if _ID.fullmatch(focus) else None
    if row is None:
        return []
    audit.record("referral.followed", by=by, about=row)
    return [showing.task(row)]


@transaction()
def document(*, public_id: str, by: Viewer) -> Json:
    """A letter to this organisation; reading it is collecting it. Raises Refused 404."""
    letter = _letter(public_id)
    audit.record("letter.fetched", by=by, about=letter)
    letters_reading.collected(letters=[letter], by=by)
    return showing.document(letter, lookup.referral_of(letter))


@transaction()
def binary(*, public_id: str, by: Viewer) -> tuple[Letter, bytes]:
    """The same as a PDF. Raises Refused 404."""
    letter = _letter(public_id)
    audit.record("letter.fetched", by=by, about=letter)
    letters_reading.collected(letters=[letter], by=by)
    return letter, letters_reading.pdf(letter)


@transaction()
def documents(*, subject: str, by: Viewer) -> list[Json]:
    """Letters about one patient to this organisation, newest first."""
    row = queries.referral(subject) if _ID.fullmatch(subject) else None
    if row is None:
        return []
    audit.record("letter.listed", by=by, about=row)
    found = lookup.letters(row, of_patient=True)
    letters_reading.collected(letters=found, by=by)
    return [showing.document(letter, row) for letter in found]


@transaction()
def documents_since(*, since: str, by: Viewer) -> list[Json]:
    """Letters to this organisation from a day on (ge and a day), oldest first. Raises Refused 400."""
    try:
        day = date.fromisoformat(since.removeprefix("ge"))
    except ValueError:
        raise refused(400, "value", "Search by date=ge and a day, such as ge2026-11-01.") from None
    found = lookup.letters_since(day)
    audit.record("letter.listed", by=by, clinic_id=found[0].clinic_id if found else None)
    letters_reading.collected(letters=found, by=by)
    return [showing.document(letter, lookup.referral_of(letter)) for letter in found]


def _letter(public_id: str) -> Letter:
    letter = queries.letter(_checked(public_id))
    if letter is None:
        raise refused(404, "not-found", "There is no such letter.")
    return letter


def _checked(public_id: str) -> str:
    if not _ID.fullmatch(public_id):
        raise refused(404, "not-found", "There is no such resource.")
    return public_id


def _clinic(rows: list[Referral]) -> int | None:
    return rows[0].clinic_id if rows else None
