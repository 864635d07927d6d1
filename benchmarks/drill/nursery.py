"""Starts dispatchers by forking one warm process: each is a real process with connections of its own.

Reads `module failpoint` lines on stdin, answers each with a pid. Nothing is open when it forks.
"""

from __future__ import annotations

import os
import signal
import sys

from benchmarks.drill import dispatcher, naive
from clinic.app import create_app
from clinic.extensions import db
from clinic.notifications import failpoints

ROLES = {"dispatcher": dispatcher.run, "naive": naive.run}


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once, without anybody waiting
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    print("ready", flush=True)
    for line in sys.stdin:
        role, _, failpoint = line.strip().partition(" ")
        pid = os.fork()
        if pid == 0:
            if failpoint:
                os.environ[failpoints.VARIABLE] = failpoint
            try:
                ROLES[role](app)
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
