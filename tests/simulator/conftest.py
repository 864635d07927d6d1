"""Each test gets a simulator of its own, on a free port, with a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.rig import PATIENT, ClinicServer, Rig, begin


@pytest.fixture
def clinic() -> Iterator[ClinicServer]:
    server = ClinicServer()
    yield server
    server.close()


@pytest.fixture
def rig(tmp_path: Path, clinic: ClinicServer) -> Iterator[Rig]:
    data = tmp_path / "simulator.sqlite3"
    running = Rig(
        data, clinic, begin(data, clinic.url, phones=((PATIENT, "Mrs Okafor"), ("+447700900001", "Duty")))
    )
    yield running
    running.handle.stop()
