"""Two rule books side by side."""

from pathlib import Path

from clinic.protocol.compare import Kind, differences
from clinic.protocol.load import VERSIONS, load_file, protocol
from clinic.protocol.model import Protocol


def _later(folder: Path) -> Protocol:
    text = (VERSIONS / "2026-11.yaml").read_text()
    text = text.replace('id: "2026-11"', 'id: "2027-05"').replace("id: AD-1.13", "id: AD-1.14")
    text = text.replace("threshold: {group_from_day: 28}", "threshold: {group_from_day: 21}")
    text = text.replace("starts on day 28 after", "starts on day 21 after")
    path = folder / "2027-05.yaml"
    path.write_text(text)
    return load_file(path)


def test_a_rule_book_does_not_differ_from_itself() -> None:
    assert differences(protocol("2026-11"), protocol("2026-11")) == ()


def test_what_was_changed_added_and_removed_is_listed(tmp_path: Path) -> None:
    found = differences(protocol("2026-11"), _later(tmp_path))
    assert [(one.id, one.kind, one.fields) for one in found] == [
        ("GS-1.1", Kind.CHANGED, ("statement", "threshold")),
        ("AD-1.14", Kind.ADDED, ()),
        ("AD-1.13", Kind.REMOVED, ()),
    ]
    assert found[0].before and found[0].after
    assert (found[0].before.threshold, found[0].after.threshold) == (
        {"group_from_day": 28},
        {"group_from_day": 21},
    )
