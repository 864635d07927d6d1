"""What one person does not do in class yet, and why, in the rule book's own words."""

from collections.abc import Iterable, Mapping
from typing import Any

from clinic.protocol.exercise_model import CellItem

GATES = {"prone": "lying on the front", "bone_loading": "bone loading", "impact": "impact"}
CLOSE_ALL = ("GT-1.1", "GS-1.5")
"""Criteria that close every gate at once: said before any gate's own (rules A16)."""
UNKNOWN = "Nobody has decided this yet."

Gates = Mapping[str, Mapping[str, Any]]


def closed(gates: Gates) -> dict[str, str]:
    """Closed gate -> why; a gate nobody has spoken of is closed."""
    return {gate: why(gates.get(gate, {})) for gate in shut(gates)}


def shut(gates: Gates) -> list[str]:
    """The closed gates alone, for a page that says why elsewhere."""
    return [gate for gate in GATES if not (gate in gates and gates[gate].get("open"))]


def why(gate: Mapping[str, Any]) -> str:
    """The statements that keep a gate closed, each once, what closes every gate first."""
    reasons = sorted(gate.get("reasons", ()), key=lambda one: one["criterion"] not in CLOSE_ALL)
    if any(one["criterion"] in CLOSE_ALL for one in reasons):
        reasons = [one for one in reasons if one["criterion"] in CLOSE_ALL]
    return " ".join(dict.fromkeys(one["text"] for one in reasons)) or UNKNOWN


def in_class(cell: Iterable[CellItem], gates: Gates) -> dict[str, str]:
    """Exercise id -> the closed gate that holds it back in class."""
    closed_now = shut(gates)
    found = {}
    for one in cell:
        needs = ("prone" if one.prone_gate else None, "bone_loading" if one.exercise.loads_bone else None)
        if gate := next((gate for gate in needs if gate in closed_now), None):
            found[one.exercise.id] = gate
    return found
