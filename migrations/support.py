"""What every migration of this service may need: roles, row policies, append-only tables. Frozen SQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

APP_ROLE = "upright_app"
LOCK = 8_204_417  # one migration of this database at a time
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def make_role(login: str | None) -> None:
    """The role the application works as: no bypass; made once a cluster, never dropped."""
    if not on_postgresql():
        return
    op.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
    op.execute(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN"
        f" CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; END $$"
    )
    member = sa.text("SELECT pg_has_role(:login, :role, 'MEMBER')")
    for name in filter(None, {op.get_bind().exec_driver_sql("SELECT current_user").scalar_one(), login}):
        if not op.get_bind().execute(member, {"login": name, "role": APP_ROLE}).scalar_one():
            op.execute(f'GRANT {APP_ROLE} TO "{name}"')
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APP_ROLE}")  # `/readyz` asks whether we are migrated
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
        f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}"
    )
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}")


def append_only(table: str) -> None:
    """Rows of this table can be added and read; changing or deleting one is refused by the database."""
    if on_postgresql():
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def protect(table: str, *, patient: str | None = None, holds_patient: bool = True) -> None:
    """The second wall of one table: row policies under FORCE, read once a statement, not once a row.

    `patient` names the column that holds the patient's id; a clinic's own table (classes, venues)
    has `holds_patient=False` and is closed to referrers.
    """
    if not on_postgresql():
        return

    def setting(name: str) -> str:
        return f"(SELECT NULLIF(current_setting('upright.{name}', true), ''))"

    mine = f"clinic_id = {setting('clinic')}::bigint"
    arms = [f"{setting('scope')} = 'all'", f"({setting('scope')} = 'clinic' AND {mine})"]
    if holds_patient:
        own = f"organisation_id = {setting('organisation')}::bigint"
        arms.append(f"({setting('scope')} = 'organisation' AND {own})")
    if patient:
        hers = f"{patient} = {setting('patient')}::bigint"
        arms.append(f"({setting('scope')} = 'patient' AND {mine} AND {hers})")
    elif not holds_patient:
        arms.append(f"({setting('scope')} = 'patient' AND {mine})")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({' OR '.join(arms)})")
