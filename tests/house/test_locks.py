"""What is installed is what was chosen: pinned, hashed, and the same for running and for testing."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-assets.lock"]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def pins(name: str) -> dict[tuple[str, str], str]:
    """Version by package and environment marker."""
    return {(package, marker): version for package, version, marker in PIN.findall((ROOT / name).read_text())}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_pin_with_a_hash(name: str) -> None:
    text = re.sub(r" \\\n", " ", (ROOT / name).read_text())
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert requirements
    assert [line[:60] for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


def test_tests_run_on_the_versions_that_serve() -> None:
    served, tested = pins("requirements.lock"), pins("requirements-dev.lock")
    assert len(served) > 50
    assert {package: tested.get(package) for package in served} == served


def test_the_page_assets_are_pinned_by_hash() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert [name for name, entry in locked.items() if "resolved" in entry] == []
