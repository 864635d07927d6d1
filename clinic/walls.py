"""The two walls between tenants: every query narrowed by the viewer, and PostgreSQL's row policies.

First wall, on both databases: a SELECT, UPDATE or DELETE of a scoped model is narrowed to what the
viewer may see and raises NoViewer when there is none. Second wall, on PostgreSQL: row-level security
with FORCE, under the role `upright_app`, from settings made at the start of every transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import has_app_context
from sqlalchemy import BindParameter, ColumnElement, Engine, ForeignKey, Table, bindparam, event, false
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors

from clinic.columns import BigId
from clinic.config import BadConfig
from clinic.extensions import Base, db
from clinic.viewer import NoViewer, Scope, Viewer, current, current_or_none

APP_ROLE = "upright_app"
CONNECTION, ANNOUNCED = "settled_on", "announced"
# the login itself, and every role it could become
POWERFUL = (
    "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')"
)
TOO_POWERFUL = "DATABASE_URL: the login is a superuser or has BYPASSRLS; give the application one of its own"


class PatientData:
    """Mixin of every table that holds a patient's data; `organisation_id` is who referred, if anyone did."""

    __abstract__ = True
    clinic_id: Mapped[int] = mapped_column(BigId, ForeignKey("clinics.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("organisations.id"), index=True)


class ClinicData:
    """Mixin of every table that is a clinic's own and holds no patient's data: classes, venues, sessions."""

    __abstract__ = True
    clinic_id: Mapped[int] = mapped_column(BigId, ForeignKey("clinics.id"), index=True)


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """The first wall."""
    _settle(state.session)
    if state.is_insert:
        _guard_rows(state)
    if not (state.is_select or state.is_update or state.is_delete) or state.is_column_load:
        return
    viewer = current_or_none()
    if viewer is None:
        if table := _scoped_table(state.statement):
            raise NoViewer(f"{table} was asked for with no viewer set")
        return
    if viewer.scope is not Scope.ALL:
        state.statement = state.statement.options(*_criteria(viewer.scope, len(Base.metadata.tables)))


def _scoped_table(statement: Any) -> str | None:
    """The first scoped table a statement mentions; only asked when there is no viewer."""
    scoped = {m.local_table.name for m in _mappers() if issubclass(m.class_, PatientData | ClinicData)}
    named = (part.name for part in visitors.iterate(statement) if isinstance(part, Table))
    return next((name for name in named if name in scoped), None)


def _mappers() -> Any:
    return Base.registry.mappers


def _of_viewer(what: str) -> BindParameter[int]:
    """What the viewer may see, read when a statement runs: the statement is the same for everybody."""
    return bindparam(f"viewer_{what}", callable_=lambda: getattr(current(), what), type_=BigId)


CLINIC, ORGANISATION, PATIENT = map(_of_viewer, ("clinic_id", "organisation_id", "patient_id"))


@cache
def _criteria(scope: Scope, tables: int) -> tuple[LoaderCriteriaOption, ...]:
    """What a viewer may see of every scoped model, joined and aliased ones too; of so many `tables`.

    Never passed on to a row's later loads: each of those is narrowed by who asks then.
    """
    if scope is Scope.CLINIC:
        return _each(PatientData, _of_clinic), _each(ClinicData, _of_clinic)
    if scope is Scope.ORGANISATION:
        return _each(PatientData, _of_organisation), _each(ClinicData, lambda model: false())
    options = [_each(ClinicData, _of_clinic)]
    for mapper in _mappers():
        model: Any = mapper.class_
        if issubclass(model, PatientData):
            own = model.id if model.__tablename__ == "patients" else getattr(model, "patient_id", None)
            seen = false() if own is None else (model.clinic_id == CLINIC) & (own == PATIENT)
            options.append(_each(model, seen))
    return tuple(options)


def _of_clinic(model: Any) -> ColumnElement[bool]:
    return model.clinic_id == CLINIC


def _of_organisation(model: Any) -> ColumnElement[bool]:
    return model.organisation_id == ORGANISATION


def _each(model: Any, seen: Any) -> LoaderCriteriaOption:
    return with_loader_criteria(
        model, seen, include_aliases=True, propagate_to_loaders=False, track_closure_variables=False
    )


@event.listens_for(Session, "before_flush")
def _guard_writes(session: Session, context: Any, instances: Any) -> None:
    """A new row of another tenant is refused before the database has to."""
    rows = [r for r in (*session.new, *session.dirty) if isinstance(r, PatientData | ClinicData)]
    if not rows:
        return
    viewer = current()
    _settle(session)
    for row in rows:
        _insist_own(viewer, type(row), row.clinic_id, getattr(row, "organisation_id", None))


def _guard_rows(state: ORMExecuteState) -> None:
    """The same for rows that are given to an INSERT, past any object."""
    model = _walled(state.statement.table)  # type: ignore[attr-defined]
    if model is None:
        return
    viewer, given = current(), state.parameters or ()
    for row in (given,) if isinstance(given, Mapping) else given:
        _insist_own(viewer, model, row.get("clinic_id"), row.get("organisation_id"))


@cache
def _walled(table: Any) -> Any:
    """The scoped model of a table, if it has one."""
    scoped = (m for m in _mappers() if issubclass(m.class_, PatientData | ClinicData))
    return next((m.class_ for m in scoped if m.local_table is table), None)


def _insist_own(viewer: Viewer, model: type[Any], clinic_id: int | None, organisation_id: int | None) -> None:
    if viewer.scope is Scope.CLINIC and clinic_id not in (None, viewer.clinic_id):
        raise NoViewer(f"{model.__name__} of another clinic")
    if not issubclass(model, PatientData) or viewer.scope is not Scope.ORGANISATION:
        return
    if organisation_id not in (None, viewer.organisation_id):
        raise NoViewer(f"{model.__name__} of another organisation")


@event.listens_for(Session, "after_begin")
def _on(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Which connection has told the row policies for whom it reads."""
    if connection.dialect.name == "postgresql":
        session.info[CONNECTION] = connection


@event.listens_for(Session, "after_transaction_end")
def _off(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(CONNECTION, None)


@event.listens_for(Session, "after_soft_rollback")
def _taken_back(session: Session, transaction: SessionTransaction) -> None:
    """What was said inside a savepoint is unsaid with it."""
    if connection := session.info.get(CONNECTION):
        connection.info.pop(ANNOUNCED, None)


def _settle(session: Session) -> None:
    """On PostgreSQL, a viewer changed in mid-transaction changes the row policies too.

    Another purpose alone changes none of them: then nothing is said. Where no transaction has begun, its
    beginning will say it.
    """
    connection = session.info.get(CONNECTION)
    if connection is not None and connection.info.get(ANNOUNCED) != _reach():
        _announce(connection)


def _announce(connection: Connection) -> None:
    """One statement a transaction: the role, and for whom it reads.

    And no just-in-time compiling: over four million texts an idle tick of a millisecond compiled for 70, over
    ten million for 700, since the planner guesses what is due from the whole table.
    """
    reach = connection.info[ANNOUNCED] = _reach()
    words = ("", "", "", "") if reach is None else (reach[0].value, *(str(one or "") for one in reach[1:]))
    connection.exec_driver_sql(
        "SELECT set_config('role', %s, true), set_config('upright.scope', %s, true),"
        " set_config('upright.clinic', %s, true), set_config('upright.organisation', %s, true),"
        " set_config('upright.patient', %s, true), set_config('jit', 'off', true)",
        (APP_ROLE, *words),
    )


def _reach() -> tuple[Scope, int | None, int | None, int | None] | None:
    """What the row policies go by: scope, clinic, organisation, patient; None with no viewer."""
    viewer = current_or_none()
    if viewer is None:
        return None
    return viewer.scope, viewer.clinic_id, viewer.organisation_id, viewer.patient_id


def guard_engine(engine: Engine, *, refuse_powerful: bool = False) -> None:
    """Give the engine its begin: settings on PostgreSQL, BEGIN or BEGIN IMMEDIATE on SQLite.

    `refuse_powerful` looks at the login of every new connection, so that no process and no change of
    server can bring in one that sees through the second wall: using the engine raises BadConfig then.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _announce)
        if refuse_powerful:
            event.listen(engine, "connect", _insist_on_plain_login)
        return

    @event.listens_for(engine, "connect")
    def _connect(dbapi: sqlite3.Connection, record: Any) -> None:
        dbapi.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = has_app_context() and db.session().info.get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def powerful_login(connection: Connection) -> str | None:
    """Why this login may not serve: it could see through the second wall; None when it may."""
    found = connection.exec_driver_sql(POWERFUL).scalar_one()
    return TOO_POWERFUL if found else None


def _insist_on_plain_login(connection: Any, record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(POWERFUL)
        powerful = cursor.fetchone()[0]
    connection.rollback()
    if powerful:
        raise BadConfig(TOO_POWERFUL)
