"""Millions of texts in minutes: one INSERT .. SELECT, its indexes dropped before and built after."""

from __future__ import annotations

import psycopg
from psycopg import sql

# what a year leaves: of five texts four are over, one is of a session to come
FILL = """
INSERT INTO messages (public_id, recipient_kind, recipient_id, patient_id, clinic_id, channel, text, purpose,
  cause_kind, cause_id, cause_revision, rule, priority, state, due_at, not_before, expires_at, attempt,
  created_at, settled_at)
SELECT 'filled-' || lpad(n::text, 12, '0'), 'patient', p.id, p.id, p.clinic_id, 'sms', 'reminder', 'reminder',
  'filled', n, 1, 'reminder', 3, CASE WHEN mod(n, 5) = 0 THEN 'planned' ELSE 'delivered' END,
  at, at, at + interval '3 hours', 1, at, CASE WHEN mod(n, 5) = 0 THEN NULL ELSE at END
FROM (SELECT n, now() + CASE WHEN mod(n, 5) = 0 THEN interval '60 days' ELSE interval '-60 days' END AS at,
        (SELECT min(id) FROM patients) + mod(n, (SELECT count(*) FROM patients)) AS patient
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) one
JOIN patients p ON p.id = patient
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'messages' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
DROP = sql.SQL("ALTER TABLE messages DROP CONSTRAINT {}")
ADD = sql.SQL("ALTER TABLE messages ADD CONSTRAINT {} {}")
UNIQUE = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'messages'::regclass AND contype = 'u'
"""


def fill(superuser_url: str, first: int, last: int) -> None:
    """Texts number `first` to `last`, none of them due, spread over the patients there are.

    References, row policies and triggers are not looked at: the rows are right by construction.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("ALTER TABLE messages SET (autovacuum_enabled = false)")  # not while we measure
        indexes, unique = connection.execute(INDEXES).fetchall(), connection.execute(UNIQUE).fetchall()
        with connection.transaction():
            for name, _ in indexes:
                connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
            for name, _ in unique:
                connection.execute(DROP.format(sql.Identifier(name)))
            connection.execute(FILL, {"first": first, "last": last})
            for _, definition in indexes:
                connection.execute(definition)
            for name, definition in unique:
                connection.execute(ADD.format(sql.Identifier(name), sql.SQL(definition)))
        connection.execute("VACUUM (ANALYZE) messages")
