"""Under each protocol every worked case is decided as it was when the protocol was written."""

import json

import pytest

from clinic.protocol.load import all_protocols
from clinic.protocol.model import Protocol
from tests.referrals.rules.golden import decisions, golden_file


@pytest.mark.parametrize("protocol", all_protocols(), ids=lambda protocol: protocol.id)
def test_no_decision_under_a_protocol_has_changed(protocol: Protocol) -> None:
    kept = {one["id"]: one for one in map(json.loads, golden_file(protocol).read_text().splitlines())}
    today = {one["id"]: one for one in decisions(protocol)}
    changed = {name for name in kept if today.get(name) != kept[name]}
    assert not changed, "an old decision would be different now"
    assert today.keys() == kept.keys(), "new worked cases: write the golden file again (see golden.py)"
