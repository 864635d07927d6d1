"""The world of the referrals' tests, and a second rule book beside the one in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.protocol import load
from clinic.viewer import acting_as
from tests.referrals.factories import TEST, World, a_world


@pytest.fixture
def world(app_context) -> Iterator[World]:
    with acting_as(TEST):
        yield a_world()


@pytest.fixture
def two_books(tmp_path: Path, monkeypatch) -> Iterator[None]:
    """A newer book, in force from 2036: a signed criterion, a changed number, one added, one dropped."""
    book = (load.VERSIONS / "2026-11.yaml").read_text(encoding="utf-8")
    (tmp_path / "2026-11.yaml").write_text(book, encoding="utf-8")
    newer = book.replace('id: "2026-11"', 'id: "2036-01"', 1)
    newer = newer.replace("effective_from: 2026-11-01", "effective_from: 2036-01-01", 1)
    newer = newer.replace("{tug_abnormal_from_s: 12}", "{tug_abnormal_from_s: 14}", 1)
    first = newer.index("  - {id: PH-1.1,")
    signed = newer[first:].replace(
        "evidence: low}", "evidence: low, approved_by: Dr Amara Bello, approved_on: 2035-12-01}", 1
    )
    newer = newer[:first] + signed
    newer = newer.replace("id: RV-1.8,", "id: RV-1.9,", 1)
    (tmp_path / "2036-01.yaml").write_text(newer, encoding="utf-8")
    monkeypatch.setattr(load, "VERSIONS", tmp_path)
    load.all_protocols.cache_clear()
    yield
    load.all_protocols.cache_clear()
