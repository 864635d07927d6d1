"""Everybody in one session with what an instructor must know: one query, however many come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import aliased, defer, joinedload, lazyload

from clinic.classes.models import ClassSession, Outcome, Place, PlaceState
from clinic.classes.rules import held_back, load
from clinic.extensions import db
from clinic.patients import needs, numbers
from clinic.patients.identity import phone_words
from clinic.patients.models import Contact, Patient
from clinic.protocol.exercise_library import library
from clinic.referrals.models import Assessment, Decision, Episode

SHOWN_OF_A_PATIENT = (
    Patient.given_name,
    Patient.family_name,
    Patient.birth_date,
    Patient.needs,
    Patient.died_on,
)
BRITISH_MOBILE = len("+447700900123")
STOPPED = ("incident", "died")
"""Why a place of today was freed that the register still speaks of."""


@dataclass(frozen=True)
class Row:
    """One person on the register."""

    place: Place
    episode: Episode
    gates: Mapping[str, Any]
    contacts: list[Contact]
    assessed: bool
    load_before: str | None

    @property
    def patient(self) -> Patient:
        return self.episode.patient

    @property
    def first_class(self) -> bool:
        return self.episode.first_class_on in (None, self.place.local_date)

    @property
    def precautions(self) -> str:
        """What is not open yet; a gate nobody has spoken of is closed."""
        shut = [held_back.GATES[gate] for gate in held_back.shut(self.gates)]
        return f"Not yet: {', '.join(shut)}." if shut else ""

    @property
    def emergency(self) -> str:
        """Somebody else first: who to ring when the patient cannot."""
        others = [contact for contact in self._phones if contact.carer_name]
        if others:
            first = others[0]
            who = f"{first.carer_name} ({first.relationship})" if first.relationship else first.carer_name
            return f"{who}, {_spoken(first.value)}"
        own = self.phones
        return f"No other person recorded. Own phone {own[0]}" if own else "Nobody recorded."

    @property
    def phones(self) -> list[str]:
        """The person's own numbers, the main one first."""
        return [_spoken(contact.value) for contact in self._phones if not contact.carer_name]

    def ask_about(self, after: timedelta) -> Contact | None:
        """The main number that was last confirmed longer ago than this: ask while they are here (F9)."""
        return next(iter(numbers.asking(self.contacts, self.place.local_date, after)), None)

    @property
    def needs(self) -> str:
        """Access needs in words (F19)."""
        return ", ".join(needs.in_words(self.patient.needs))

    @property
    def usual_load(self) -> str:
        """The load last written down before this session."""
        return load.WORDS.get(self.load_before or "", "")

    @cached_property
    def taught(self) -> list[str]:
        """Names of the exercises our staff have shown to this person (F5)."""
        known = library(self.place.local_date).exercises
        ids = (self.episode.case.get("progress") or {}).get("taught") or []
        return [known[one].name for one in ids if one in known]

    @property
    def _phones(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.kind != "email"]


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


def of_session(session: ClassSession, *, taught: bool = False) -> Roster:
    """The roster in the order of surnames; `taught` brings what each was shown."""
    query = _of_a_session() if not taught else _of_a_session_with_cases()
    rows = _rows(db.session.execute(query, {"session_id": session.id}).all())
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
            and (row.place.outcome is not Outcome.EXPECTED or row.place.released_reason in STOPPED)
            and row.episode.id not in here
        ],
    )


def row_of(place: Place) -> Row:
    """One person of a register, whatever the place's state."""
    return _rows(db.session.execute(_asked().where(Place.id == place.id)).all())[0]


@cache
def _of_a_session() -> Select[Any]:
    """Made once: building it would cost more than asking."""
    return _of_a_session_with_cases().options(defer(Episode.case), defer(Episode.wishes))


@cache
def _of_a_session_with_cases() -> Select[Any]:
    return _asked().where(Place.session_id == bindparam("session_id"))


def _asked() -> Select[Any]:
    """A line for each way to reach a person: one question for all, where a second would cost a journey."""
    assessed = exists().where(Assessment.episode_id == Episode.id)
    query = select(Place, Episode, assessed, _gates(), _load_before(), Contact).options(
        lazyload(Place.session),  # the page has it already, once
        joinedload(Episode.patient, innerjoin=True).load_only(*SHOWN_OF_A_PATIENT),
    )
    theirs = (Contact.patient_id == Episode.patient_id) & Contact.wrong_at.is_(None)
    query = query.join(Episode, Episode.id == Place.episode_id).outerjoin(Contact, theirs)
    return query.order_by(Place.id, Contact.main.desc(), Contact.id)


def _rows(found: Iterable[Any]) -> list[Row]:
    people: dict[int, Row] = {}
    for place, episode, assessed, gates, load_before, contact in found:
        row = people.get(place.id)
        if row is None:
            row = people[place.id] = Row(place, episode, gates or {}, [], assessed, load_before)
        if contact is not None:
            row.contacts.append(contact)
    return list(people.values())


def _spoken(number: str) -> str:
    """As people dial it; a British mobile without the long way through the numbering plan."""
    if len(number) == BRITISH_MOBILE and number.startswith("+447"):
        return f"0{number[3:7]} {number[7:]}"
    return phone_words(number)


def _gates() -> Any:
    """The gates of the engine's newest answer about each episode, beside its row."""
    mine = select(Decision.answer["gates"]).where(
        Decision.episode_id == Episode.id, Decision.kind == "suggested"
    )
    return mine.order_by(Decision.id.desc()).limit(1).correlate(Episode).scalar_subquery()


def _load_before() -> Any:
    """What was lifted last time, beside each place."""
    before = aliased(Place)
    mine = select(before.load).where(
        before.episode_id == Place.episode_id,
        before.local_date < Place.local_date,
        before.load.is_not(None),
    )
    return mine.order_by(before.local_date.desc()).limit(1).correlate(Place).scalar_subquery()
