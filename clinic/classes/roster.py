"""Everybody in one session with what an instructor must know: three queries, however many come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from clinic.classes.models import ClassSession, Outcome, Place, PlaceState
from clinic.extensions import db
from clinic.patients.models import Contact, Patient
from clinic.referrals.models import Assessment, Decision, Episode

NOT_YET = {"prone": "lying on the front", "bone_loading": "bone loading", "impact": "impact"}


@dataclass(frozen=True)
class Row:
    """One person on the register."""

    place: Place
    patient: Patient
    episode: Episode
    precautions: str
    emergency: str
    needs: str
    assessed: bool

    @property
    def first_class(self) -> bool:
        return self.episode.first_class_on in (None, self.place.local_date)


@dataclass(frozen=True)
class Roster:
    """A session and its people: expected, held by an open offer, and those who said they cannot come."""

    session: ClassSession
    expected: list[Row]
    held: list[Row]
    not_coming: list[Row]

    @property
    def unsaid(self) -> int:
        """How many still have no outcome."""
        return sum(row.place.outcome is Outcome.EXPECTED for row in self.expected)


def of_session(session: ClassSession) -> Roster:
    """The roster in the order of surnames."""
    query = (
        select(Place, Episode, exists().where(Assessment.episode_id == Episode.id), _newest_answer())
        .join(Episode, Episode.id == Place.episode_id)
        .where(Place.session_id == session.id)
        .order_by(Place.id)
    )
    found = db.session.execute(query).all()
    contacts = _contacts({episode.patient_id for _, episode, _, _ in found})
    rows = [
        Row(
            place=place,
            patient=episode.patient,
            episode=episode,
            precautions=_precautions((answer or {}).get("gates", {})),
            emergency=_emergency(contacts.get(episode.patient_id, [])),
            needs=_needs(episode.patient),
            assessed=assessed,
        )
        for place, episode, assessed, answer in found
    ]
    rows.sort(key=lambda row: (row.patient.family_name.casefold(), row.patient.given_name.casefold()))
    here = {row.episode.id for row in rows if row.place.state is not PlaceState.RELEASED}
    return Roster(
        session=session,
        expected=[row for row in rows if row.place.state is PlaceState.BOOKED],
        held=[row for row in rows if row.place.state is PlaceState.HELD],
        not_coming=[
            row
            for row in rows
            if row.place.state is PlaceState.RELEASED
            and row.place.outcome is not Outcome.EXPECTED
            and row.episode.id not in here
        ],
    )


def _contacts(patient_ids: set[int]) -> dict[int, list[Contact]]:
    query = select(Contact).where(Contact.patient_id.in_(patient_ids), Contact.wrong_at.is_(None))
    found: dict[int, list[Contact]] = {}
    for contact in db.session.scalars(query.order_by(Contact.main.desc(), Contact.id)):
        found.setdefault(contact.patient_id, []).append(contact)
    return found


def _newest_answer() -> Any:
    """The engine's newest answer about each episode, beside its row."""
    mine = select(Decision.answer).where(Decision.episode_id == Episode.id, Decision.kind == "suggested")
    return mine.order_by(Decision.id.desc()).limit(1).correlate(Episode).scalar_subquery()


def _precautions(gates: dict[str, Any]) -> str:
    """What is not open yet; a gate nobody has spoken of is closed."""
    closed = [words for gate, words in NOT_YET.items() if not gates.get(gate, {}).get("open")]
    return f"Not yet: {', '.join(closed)}." if closed else ""


def _emergency(contacts: list[Contact]) -> str:
    """Somebody else first: who to ring when the patient cannot."""
    phones = [contact for contact in contacts if contact.kind != "email"]
    others = [contact for contact in phones if contact.carer_name]
    if others:
        first = others[0]
        who = f"{first.carer_name} ({first.relationship})" if first.relationship else str(first.carer_name)
        return f"{who}, {_spoken(first.value)}"
    return f"No other person recorded. Own phone {_spoken(phones[0].value)}" if phones else "Nobody recorded."


def _spoken(number: str) -> str:
    """A British number as people dial it."""
    return "0" + number.removeprefix("+44") if number.startswith("+44") else number


def _needs(patient: Patient) -> str:
    """Access needs in words (F19)."""
    needs = patient.needs or {}
    return ", ".join(
        f"{name.replace('_', ' ')}: {value}" if isinstance(value, str) else name.replace("_", " ")
        for name, value in sorted(needs.items())
        if value
    )
