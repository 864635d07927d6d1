"""The test servers come up on a bare machine, are the real thing, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests import databases, servers

ROOT = Path(__file__).resolve().parents[2]
TELL = """
import sys, time
from tests import servers
servers.keep()
servers.start_redis(servers.folder(), [*servers.system_redis(), *servers.brought_redis()])
print(servers.folder(), flush=True)
time.sleep(60)
"""


def test_a_machine_without_postgresql_brings_its_own() -> None:
    url = servers.start_postgres(servers.folder(), servers.brought_postgres())
    with psycopg.connect(url) as connection:
        assert connection.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist'"
        ).fetchone()


def test_a_machine_without_redis_brings_its_own() -> None:
    url = servers.start_redis(servers.folder(), servers.brought_redis())
    with redis.Redis.from_url(url) as connection:
        assert connection.set("key", "value")


def test_with_no_server_at_all_the_one_line_to_type_is_said(tmp_path: Path) -> None:
    with pytest.raises(servers.NoServer, match="apt-get install -y postgresql"):
        servers.start_postgres(tmp_path, [])
    with pytest.raises(servers.NoServer, match="apt-get install -y redis-server"):
        servers.start_redis(tmp_path, [tmp_path / "missing"])


def test_servers_of_a_killed_session_stop_and_their_folder_goes() -> None:
    session = subprocess.Popen([sys.executable, "-c", TELL], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    folder = Path(session.stdout.readline().strip())
    pids = [int(path.read_text()) for path in folder.glob("*.pid")]
    os.kill(session.pid, signal.SIGKILL)
    session.communicate()
    assert pids
    assert until(lambda: not folder.exists() and not any(running(pid) for pid in pids))


def until(true, within_s: float = 60) -> bool:
    limit = time.monotonic() + within_s
    while not true() and time.monotonic() < limit:
        time.sleep(0.05)
    return true()


def running(pid: int) -> bool:
    """A process that has ended but was not collected by its parent is not running."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return state.strip() not in ("", "Z", "Zs")


def test_a_test_that_reaches_for_another_machine_is_stopped() -> None:
    with pytest.raises(RuntimeError, match="another machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="another machine"):
        socket.getaddrinfo("example.com", 443)


def test_the_application_connects_as_a_login_that_can_pass_no_wall(database: databases.Database) -> None:
    rights = (
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolinherit FROM pg_roles WHERE rolname = current_user"
    )
    with psycopg.connect(database.url) as connection:
        assert connection.execute(rights).fetchone() == (False, False, False, False)
        owned = connection.execute("SELECT 1 FROM pg_tables WHERE tableowner = current_user").fetchall()
    assert owned == []


def test_a_test_that_leaves_a_transaction_open_is_noticed(database: databases.Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("SELECT 1")
        assert database.unfinished() == 1
    assert database.unfinished() == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("visit", [1, 2])
def test_every_test_finds_its_database_empty(database: databases.Database, app_context, visit: int) -> None:
    from sqlalchemy import text

    from clinic.extensions import db, transaction

    assert db.session.scalar(text("SELECT count(*) FROM organisations")) == 0
    with transaction():
        db.session.execute(text("INSERT INTO organisations (ods, name) VALUES ('X00001', 'A practice')"))
