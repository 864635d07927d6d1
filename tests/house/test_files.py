"""Nothing grows past reading, and nothing tracked knows where it was written."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
REGISTRIES = re.compile(r"\b(?:pypi|npmjs|pythonhosted|yarnpkg|debian)\.(?:org|com|net|io)\b", re.IGNORECASE)
MACHINES = re.compile(
    r"(?<![\w.~-])/(?:work|root|Users|mnt)/\w|\.\./shared\b|/shared/(?:design|reading|seeds)"
)


def tracked(*patterns: str) -> list[Path]:
    """Files git knows or would add, by glob; every file without a pattern."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def words(path: Path) -> str:
    """The file's text; empty for a picture or another binary."""
    content = path.read_bytes()
    return "" if b"\0" in content[:1024] else content.decode(errors="replace")


def test_no_python_file_or_template_is_longer_than_300_lines() -> None:
    files = tracked("*.py", "*.html", "*.jinja")
    assert len(files) > 50
    too_long = [f"{path.relative_to(ROOT)}: {n}" for path in files if (n := lines(words(path))) > LONGEST]
    assert too_long == []


def lines(text: str) -> int:
    return len(text.splitlines())


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINES])
def test_no_tracked_file_names_a_registry_or_a_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in tracked()
        for hit in pattern.finditer(words(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRIES, "https://registry.npm" + "js.org/x"),
        (REGISTRIES, "files.python" + "hosted.org"),
        (MACHINES, "open('/work" + "/main/x')"),
        (MACHINES, "see ../sh" + "ared/design.md"),
    ],
)
def test_the_guard_knows_such_a_name_when_it_sees_one(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_nothing_generated_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    folders = r"instance/|clinic/static/nhsuk/|clinic/fonts/"
    generated = re.compile(rf"^({folders}|uv\.lock|pylock|\.env$)|node_modules/|\.pyc$")
    assert [name for name in listed.splitlines() if generated.search(name)] == []
