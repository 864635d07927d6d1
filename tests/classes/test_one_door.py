"""Nothing but `seats` writes a counter: read from the source, so that a new writer is seen at once."""

import ast
from pathlib import Path

import pytest

import clinic

ROOM = Path(clinic.__file__).parent
DOOR = ROOM / "classes" / "seats.py"


def writes(source: str) -> list[int]:
    """Lines that write a counter: row.taken = 1, values(taken=1), or SQL."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        assigned = [t for t in targets if isinstance(t, ast.Attribute) and t.attr == "taken"]
        keyword = isinstance(node, ast.keyword) and node.arg == "taken"
        statement = isinstance(node, ast.Constant) and "set taken" in str(node.value).lower()
        if assigned or keyword or statement:
            found.append(node.value.lineno if keyword else node.lineno)
    return found


@pytest.mark.parametrize(
    "text", ["row.taken = 3", "row.taken += 1", "q.values(taken=1)", "x('UPDATE a SET taken = 1')"]
)
def test_a_writer_is_recognised(text):
    assert writes(text) == [1]


def test_only_the_door_writes_a_counter():
    assert writes(DOOR.read_text())
    others = [path for path in sorted(ROOM.rglob("*.py")) if path != DOOR and "simulator" not in path.parts]
    assert [f"{path.name}:{line}" for path in others for line in writes(path.read_text())] == []
