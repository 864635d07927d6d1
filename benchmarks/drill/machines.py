"""The servers a drill may break: a PostgreSQL that keeps every commit, on a disk that can be full; a Redis.

The tests' PostgreSQL trades commits for speed; this one does not, so what it loses in a crash is our defect.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests import databases, servers

DISK_MB = 700
KEEPS_COMMITS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "max_wal_size": "96MB",
    "min_wal_size": "32MB",
    "restart_after_crash": "on",
}
PATIENCE_S = 60.0


class Postgres:
    """A server of our own; as root on Linux its data lies on a small file system of its own."""

    def __init__(self, *, small_disk: bool = True) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="upright-drill-", dir="/tmp"))
        (self.home / "data").mkdir()
        self.disk = small_disk and self._small_disk()
        self.user = servers.unprivileged()
        self.binaries = self._install()
        self.url = f"postgresql://postgres@/postgres?host={self.home}"
        self.server: subprocess.Popen[bytes] | None = None
        self.start()

    @classmethod
    @contextmanager
    def on_this_disk(cls) -> Iterator[Any]:
        """For measuring: a migrated database whose commits wait for the machine's own disk."""
        server = cls(small_disk=False)
        os.environ["TEST_DATABASE_URL"] = server.url
        try:
            yield databases.postgres_database("_bench")
        finally:
            server.stop()

    def start(self) -> None:
        """Up and answering; a crash's last processes may hold its memory for a moment yet."""
        ends = time.monotonic() + PATIENCE_S
        while not self._answers():
            if self.server is None or self.server.poll() is not None:
                self.server = self._serve()
            if time.monotonic() > ends:
                raise TimeoutError((self.home / "log").read_text()[-1000:])
            time.sleep(0.1)

    def crash(self) -> None:
        """SIGKILL to the postmaster; every connection is lost, and what was not committed."""
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def fill_disk(self) -> None:
        """Not a byte is left where the database writes."""
        with (self.home / "data" / "ballast").open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    def free_disk(self) -> None:
        (self.home / "data" / "ballast").unlink()

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(30)
        if self.disk:
            subprocess.run(["umount", "-l", self.home / "data"], check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def _small_disk(self) -> bool:
        data = self.home / "data"
        if os.geteuid() != 0 or shutil.which("mount") is None:
            return False
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "drill", data]
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def _install(self) -> Path:
        for path in (self.home, self.home / "data"):
            path.chmod(0o700 if path.name == "data" else 0o711)
            if self.user:
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        for binaries in chain(servers.system_postgres(), servers.brought_postgres()):
            given = [binaries / "initdb", "-D", self.home / "data", "-U", "postgres", "-A", "trust"]
            done = self._run([*given, "-E", "UTF8", "--locale=C", "--wal-segsize=4"])
            if done.wait() == 0:
                return binaries
        raise servers.NoServer(servers.INSTALL["PostgreSQL"])

    def _serve(self) -> subprocess.Popen[bytes]:
        settings = KEEPS_COMMITS | {"unix_socket_directories": str(self.home)}
        flags = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        return self._run([self.binaries / "postgres", "-D", self.home / "data", *flags])

    def _run(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                command, cwd="/", stdout=log, stderr=log, start_new_session=True, **servers._as(self.user)
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis:
    """A broker that keeps nothing: killed, it comes back empty, on the same port."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"redis://127.0.0.1:{port}"
        self.server: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        binary = next(chain(servers.system_redis(), servers.brought_redis()), None)
        if binary is None:
            raise servers.NoServer(servers.INSTALL["Redis"])
        flags = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self.server = subprocess.Popen(
                [binary, *flags], cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        ends = time.monotonic() + PATIENCE_S
        while not self._answers():
            if time.monotonic() > ends:
                raise TimeoutError("Redis does not start")
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def flush(self) -> None:
        redis.Redis.from_url(self.url).flushall()

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.ConnectionError:
            return False
