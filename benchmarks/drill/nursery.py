"""Starts dispatchers by forking one warm process: each is a real process with connections of its own.

Reads `role failpoint` (or `web port`) lines on stdin, answers each with a pid. Nothing is open when it forks.
"""

from __future__ import annotations

import os
import signal
import sys

from flask import Flask
from werkzeug.serving import run_simple

from benchmarks.drill import dispatcher, naive
from clinic.app import create_app
from clinic.extensions import db
from clinic.notifications import failpoints


def web(app: Flask, port: str) -> None:
    """The application on a port, one thread a request."""
    run_simple("127.0.0.1", int(port), app, threaded=True)


ROLES = {
    "dispatcher": lambda app, failpoint: dispatcher.run(app),
    "naive": lambda app, failpoint: naive.run(app),
    "web": web,
}


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once, without anybody waiting
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    print("ready", flush=True)
    for line in sys.stdin:
        role, _, given = line.strip().partition(" ")
        pid = os.fork()
        if pid == 0:
            if given and role != "web":
                os.environ[failpoints.VARIABLE] = given
            try:
                ROLES[role](app, given)
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
