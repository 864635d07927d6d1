"""The two walls between tenants: every query narrowed by the viewer, and PostgreSQL's row policies.

First wall, on both databases: a SELECT, UPDATE or DELETE of a scoped model is narrowed to what the
viewer may see and raises NoViewer when there is none. Second wall, on PostgreSQL: row-level security
with FORCE, under the role `upright_app`, from settings made at the start of every transaction.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import has_app_context
from sqlalchemy import Engine, ForeignKey, Table, event, false
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors

from clinic.columns import BigId
from clinic.config import BadConfig
from clinic.extensions import Base, db
from clinic.viewer import NoViewer, Scope, Viewer, current, current_or_none

APP_ROLE = "upright_app"
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
    if not (state.is_select or state.is_update or state.is_delete) or state.is_column_load:
        return
    viewer = current_or_none()
    if viewer is None:
        if table := _scoped_table(state.statement):
            raise NoViewer(f"{table} was asked for with no viewer set")
        return
    if viewer.scope is not Scope.ALL:
        state.statement = state.statement.options(*_criteria(viewer))


def _scoped_table(statement: Any) -> str | None:
    """The first scoped table a statement mentions; only asked when there is no viewer."""
    scoped = {m.local_table.name for m in _mappers() if issubclass(m.class_, PatientData | ClinicData)}
    named = (part.name for part in visitors.iterate(statement) if isinstance(part, Table))
    return next((name for name in named if name in scoped), None)


def _mappers() -> Any:
    return Base.registry.mappers


def _criteria(viewer: Viewer) -> list[LoaderCriteriaOption]:
    """What the viewer may see of every scoped model, joined and aliased ones too."""
    clinic_id, organisation_id, patient_id = viewer.clinic_id, viewer.organisation_id, viewer.patient_id
    if viewer.scope is Scope.CLINIC:
        return [
            with_loader_criteria(mixin, lambda model: model.clinic_id == clinic_id, include_aliases=True)
            for mixin in (PatientData, ClinicData)
        ]
    if viewer.scope is Scope.ORGANISATION:
        return [
            with_loader_criteria(
                PatientData, lambda model: model.organisation_id == organisation_id, include_aliases=True
            ),
            with_loader_criteria(ClinicData, lambda model: false(), include_aliases=True),
        ]
    options = [
        with_loader_criteria(ClinicData, lambda model: model.clinic_id == clinic_id, include_aliases=True)
    ]
    for mapper in _mappers():
        model: Any = mapper.class_
        if issubclass(model, PatientData):
            own = model.id if model.__tablename__ == "patients" else getattr(model, "patient_id", None)
            seen = false() if own is None else (model.clinic_id == clinic_id) & (own == patient_id)
            options.append(with_loader_criteria(model, seen, include_aliases=True))
    return options


@event.listens_for(Session, "before_flush")
def _guard_writes(session: Session, context: Any, instances: Any) -> None:
    """A new row of another tenant is refused before the database has to."""
    rows = [r for r in (*session.new, *session.dirty) if isinstance(r, PatientData | ClinicData)]
    if not rows:
        return
    viewer = current()
    _settle(session)
    for row in rows:
        if viewer.scope is Scope.CLINIC and row.clinic_id not in (None, viewer.clinic_id):
            raise NoViewer(f"{type(row).__name__} of another clinic")
        if (
            viewer.scope is Scope.ORGANISATION
            and isinstance(row, PatientData)
            and row.organisation_id not in (None, viewer.organisation_id)
        ):
            raise NoViewer(f"{type(row).__name__} of another organisation")


def _settle(session: Session) -> None:
    """On PostgreSQL, a viewer changed in mid-transaction changes the row policies too.

    Another purpose alone changes none of them: then nothing is said.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    connection = session.connection()
    if connection.info.get("announced") != _settings():
        _announce(connection)


def _announce(connection: Connection) -> None:
    """One statement a transaction: the role, and for whom it reads."""
    connection.info["announced"] = _settings()
    connection.exec_driver_sql(
        "SELECT set_config('role', %s, true), set_config('upright.scope', %s, true),"
        " set_config('upright.clinic', %s, true), set_config('upright.organisation', %s, true),"
        " set_config('upright.patient', %s, true)",
        (APP_ROLE, *_settings()),
    )


def _settings() -> tuple[str, str, str, str]:
    """What the row policies go by: scope, clinic, organisation, patient."""
    viewer = current_or_none()
    if viewer is None:
        return ("", "", "", "")
    clinic_id, organisation_id, patient_id = viewer.clinic_id, viewer.organisation_id, viewer.patient_id
    return (viewer.scope.value, str(clinic_id or ""), str(organisation_id or ""), str(patient_id or ""))


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
