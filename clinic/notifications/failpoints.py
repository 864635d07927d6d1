"""Where a drill may kill or stop this process: named moments between two promises. Refused in production."""

from __future__ import annotations

import os
import signal
import threading

from clinic.columns import config

VARIABLE = "UPRIGHT_FAILPOINT"  # NAME[:COUNT[:stop]]: at the COUNTth passing, SIGKILL, or SIGSTOP
NAMES = ("after_claim", "before_post", "at_the_wire", "after_accept", "before_record", "mid_record")

_passed: dict[str, int] = {}
_lock = threading.Lock()


class RefusedInProduction(RuntimeError):
    """A failpoint is set where patients are texted."""


def reach(name: str, *, demo: bool = True) -> None:
    """Does nothing unless the environment names this failpoint."""
    given = os.environ.get(VARIABLE)
    if not given:
        return
    wanted, _, rest = given.partition(":")
    if wanted != name:
        return
    if not demo:
        raise RefusedInProduction(VARIABLE)
    count, _, how = rest.partition(":")
    with _lock:
        _passed[name] = _passed.get(name, 0) + 1
        due = _passed[name] == int(count or 1)
    if due and how == "stop":
        # to this thread: a stop sent to the process may reach another first, while this one runs on
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    elif due:
        os.kill(os.getpid(), signal.SIGKILL)


def refuse_in_production() -> None:
    """Raise where a failpoint is set and the service is no demo."""
    if os.environ.get(VARIABLE) and not config().demo:
        raise RefusedInProduction(VARIABLE)
