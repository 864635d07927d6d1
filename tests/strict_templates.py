"""What an unknown name does in a page under test.

The NHS templates need names that may be missing; ours may not use one. The same value can therefore be asked
by both: it chains for theirs, and it fails in a template of ours that prints it, loops over it or tests it.
"""

import sys
from pathlib import Path
from typing import NoReturn

from jinja2 import BytecodeCache, ChainableUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

OURS = str(Path(__file__).resolve().parent.parent / "clinic") + "/"


def _asked_by_us() -> bool:
    """Whether the nearest template on the stack is one of ours."""
    frame = sys._getframe(2)
    while frame is not None:
        if "__jinja_template__" in frame.f_globals:
            return frame.f_code.co_filename.startswith(OURS)
        frame = frame.f_back
    return False


class StrictInOurTemplates(ChainableUndefined):
    """Fails where our own wording meets a name nobody gave; silent inside the NHS templates."""

    def _fail(self) -> NoReturn:
        self._fail_with_undefined_error()

    def __str__(self) -> str:
        return self._fail() if _asked_by_us() else ""

    def __html__(self) -> str:
        return self._fail() if _asked_by_us() else Markup("")

    def __bool__(self) -> bool:
        return self._fail() if _asked_by_us() else False

    def __iter__(self):
        return self._fail() if _asked_by_us() else iter(())

    def __len__(self) -> int:
        return self._fail() if _asked_by_us() else 0

    def __eq__(self, other: object) -> bool:
        return self._fail() if _asked_by_us() else type(self) is type(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(type(self))


class MemoryBytecodeCache(BytecodeCache):
    """Compiled templates of one process, shared by every application it builds."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()
