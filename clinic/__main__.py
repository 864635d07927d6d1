"""`python -m clinic`: the whole service on embedded parts, from nothing to a clinic's day."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from pathlib import Path
from typing import IO, Any

from gunicorn.app.base import BaseApplication

from clinic import embedded
from clinic.app import create_app, migrate
from clinic.config import BadConfig, Config
from clinic.demo import load as demo
from clinic.extensions import db

THREADS = 8


def main() -> int:
    """Check, prepare, serve; 2 with one clear line when something is in the way."""
    try:
        config = Config.load()
    except BadConfig as problem:
        print(problem, file=sys.stderr)
        return 2
    lock = _only_one(config.instance_dir)
    if lock is None:
        print(f"Upright already runs from {config.instance_dir}. Stop that one first.", file=sys.stderr)
        return 2
    for port, setting in ((config.port, "PORT"), (config.simulator_port, "SIMULATOR_PORT")):
        if not _free(port):
            print(f"Port {port} is taken: stop what uses it, or set {setting}.", file=sys.stderr)
            return 2
    _prepare(config)
    Server(config).run()
    return 0


def _only_one(folder: Path) -> IO[str] | None:
    """The lock of an instance folder, held for the life of the process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = (folder / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    return handle


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _prepare(config: Config) -> None:
    """Migrations, and the demo clinic when the database is empty."""
    app = create_app(config)
    migrate(app)
    with app.app_context():
        if config.demo and demo.is_empty():
            print("Making a clinic's week of invented people ...", flush=True)
            demo.load()
        db.engine.dispose()


class Server(BaseApplication):
    """gunicorn with one process and threads; worker, beat and simulator start inside it."""

    def __init__(self, config: Config) -> None:
        self.settings = config
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"127.0.0.1:{self.settings.port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": 8,
            "loglevel": "warning",
            "accesslog": None,
            "post_worker_init": _begin,
            "worker_exit": _finish,
            "when_ready": self._announce,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.settings)

    def _announce(self, server: Any) -> None:
        if self.settings.demo:
            print(demo.welcome(self.settings), flush=True)


def _begin(worker: Any) -> None:
    app = worker.app.wsgi()
    with app.app_context():
        phones = demo.phones() if app.extensions["upright_config"].demo else []
    worker.stop_parts = embedded.start(app, phones)


def _finish(server: Any, worker: Any) -> None:
    if stop := getattr(worker, "stop_parts", None):
        stop()


if __name__ == "__main__":
    os.environ.pop("WEB_CONCURRENCY", None)  # one process, whatever the shell says
    sys.exit(main())
