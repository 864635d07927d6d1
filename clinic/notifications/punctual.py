"""A post whose moment has passed does not leave: looked at once more when the connection stands.

Between the sender's own look and the first byte lie the client's work and, on a new connection, a handshake:
a process stopped there for longer than its lease would still post. What is left is the write itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from clinic.notifications import failpoints
from clinic.notifications.timing import ticking

_post = threading.local()


class TooLate(Exception):
    """Nothing of this post has left, and nothing will."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Posts of this thread may leave until `moment`, on the clock of `ticking`."""
    _post.until = moment
    try:
        yield
    finally:
        _post.until = None


def _look() -> None:
    moment = getattr(_post, "until", None)
    if moment is not None:
        failpoints.reach("at_the_wire")
        if ticking() > moment:
            raise TooLate


class _Plain(HTTPConnection):
    def request(self, *args: Any, **given: Any) -> None:
        _look()
        super().request(*args, **given)


class _Secure(HTTPSConnection):  # connected, certificate and all, before its request
    def request(self, *args: Any, **given: Any) -> None:
        _look()
        super().request(*args, **given)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class PunctualPools(PoolManager):
    """Its connections look before they write."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
