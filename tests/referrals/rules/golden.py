"""The full decisions of the worked cases under one protocol, kept so that none changes unseen.

A protocol in force is never edited, so its golden file only grows with new worked cases. After looking at the
difference, write it again with `python -m tests.referrals.rules.golden`.
"""

import json
from pathlib import Path
from typing import Any

from clinic.protocol.load import all_protocols
from clinic.protocol.model import Protocol
from clinic.referrals.rules.case import Case, parse_case
from clinic.referrals.rules.triage import decide
from tests.referrals.rules.raw_cases import AS_OF
from tests.referrals.rules.worked_cases import worked_cases

FOLDER = Path(__file__).parent / "golden"


def golden_file(protocol: Protocol) -> Path:
    """Where the decisions under one protocol are kept, one JSON object a line."""
    return FOLDER / f"{protocol.id}.jsonl"


def decisions(protocol: Protocol) -> list[dict[str, Any]]:
    """The full decision of every worked case that can be decided; reasons by criterion and fact."""
    read = [parse_case(worked.raw, today=AS_OF) for worked in worked_cases()]
    return [_short(decide(case, protocol).to_json()) for case in read if isinstance(case, Case)]


def _short(part: Any) -> Any:
    """Reasons without text and source: these are the protocol's own words."""
    if isinstance(part, list):
        return [_short(one) for one in part]
    if isinstance(part, dict) and "criterion" in part:
        return f"{part['criterion']}: {part['fact']}"
    if isinstance(part, dict) and "open" in part:
        return [part["open"], part["from"]]
    if isinstance(part, dict):
        return {key: _short(value) for key, value in part.items() if key != "tell_referrer"}
    return part


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in all_protocols():
        lines = [json.dumps(decision, ensure_ascii=False) for decision in decisions(one)]
        golden_file(one).write_text("\n".join(lines) + "\n", encoding="utf-8")
