"""Who is asking: nothing in the house is read without knowing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class NoViewer(RuntimeError):
    """A scoped table was read or written with nobody asking."""


class Kind(StrEnum):
    STAFF = "staff"
    REFERRER = "referrer"
    CLIENT = "client"
    PATIENT_LINK = "patient_link"
    SYSTEM = "system"


class Scope(StrEnum):
    """How far a viewer sees; the same words as PostgreSQL's row policies."""

    CLINIC = "clinic"
    ORGANISATION = "organisation"
    PATIENT = "patient"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Viewer:
    """One asker, for the length of a request, a task or a command."""

    kind: Kind
    scope: Scope
    id: int | None = None
    role: str | None = None
    clinic_id: int | None = None
    organisation_id: int | None = None
    patient_id: int | None = None
    purpose: str = ""

    @property
    def label(self) -> str:
        """For audit rows: who, without a name."""
        return f"{self.kind}:{self.id if self.id is not None else self.purpose}"


def staff(user_id: int, clinic_id: int, role: str) -> Viewer:
    """A member of one clinic's staff sees that clinic."""
    return Viewer(Kind.STAFF, Scope.CLINIC, id=user_id, role=role, clinic_id=clinic_id)


def referrer(user_id: int, organisation_id: int) -> Viewer:
    """Someone of a referring organisation sees that organisation's referrals."""
    return Viewer(
        Kind.REFERRER, Scope.ORGANISATION, id=user_id, role="referrer", organisation_id=organisation_id
    )


def client(client_id: int, organisation_id: int) -> Viewer:
    """A referring organisation's computer, by its API key."""
    return Viewer(
        Kind.CLIENT, Scope.ORGANISATION, id=client_id, role="client", organisation_id=organisation_id
    )


def patient_link(link_id: int, clinic_id: int, patient_id: int) -> Viewer:
    """The holder of one patient's personal link sees that patient."""
    return Viewer(Kind.PATIENT_LINK, Scope.PATIENT, id=link_id, clinic_id=clinic_id, patient_id=patient_id)


def system(purpose: str, clinic_id: int | None = None) -> Viewer:
    """The service itself, for one named purpose; with a clinic it sees that clinic only."""
    if clinic_id is not None:
        return Viewer(Kind.SYSTEM, Scope.CLINIC, purpose=purpose, clinic_id=clinic_id)
    return Viewer(Kind.SYSTEM, Scope.ALL, purpose=purpose)


Who = TypeVar("Who", bound=Viewer | None)
_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current() -> Viewer:
    """The asker; raises NoViewer when nobody is."""
    viewer = _viewer.get()
    if viewer is None:
        raise NoViewer("set a viewer first: with acting_as(viewer): ...")
    return viewer


def current_or_none() -> Viewer | None:
    return _viewer.get()


@contextmanager
def acting_as(viewer: Who) -> Iterator[Who]:
    """Everything inside is asked by this viewer; None takes the viewer away."""
    token = _viewer.set(viewer)
    try:
        yield viewer
    finally:
        _viewer.reset(token)
