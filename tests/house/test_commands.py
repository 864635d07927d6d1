"""What README and the Makefile tell people to type exists."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED = ["run", "test", "check", "browser", "faults", "soak", "bench", "security", "help", "lock", "shell"]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FLASK_OWN = {"run", "shell", "routes", "--app"}


def typed(text: str) -> list[str]:
    """The commands of the fenced blocks, one a line, without prompts, comments or continued lines."""
    lines = "".join(BLOCK.findall(text)).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ").strip() for line in lines if line.strip() and not line.startswith("#")]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def made_by(commands: list[str]) -> set[str]:
    return {name for line in commands for name in re.findall(r"\bmake ([a-z]+)", line)}


def asked_of_flask(commands: list[str]) -> set[tuple[str, ...]]:
    """The words after each `flask`, up to the first option or argument in capitals or a file's name."""
    found = set()
    for line in commands:
        for call in re.findall(r"\bflask ([^|;&>]+)", line):
            words = re.match(r"(?:[a-z]+(?: |$))+", call)
            found.add(tuple(words.group().split()) if words else (call.split()[0],))
    return found


@pytest.mark.parametrize("name", PROMISED)
def test_the_makefile_has_every_promised_command(name: str) -> None:
    assert name in targets()


def test_help_names_every_command() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in PROMISED if f"make {name} " not in said] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_of_a_page_exists(page: Path) -> None:
    assert made_by(typed(page.read_text())) - targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flask_command_of_a_page_exists(page: Path) -> None:
    assert [" ".join(words) for words in asked_of_flask(typed(page.read_text())) if not known(words)] == []


def known(words: tuple[str, ...]) -> bool:
    """Whether the first words lead to a command; what follows a command is its arguments."""
    from clinic.app import create_app
    from clinic.config import Config
    from tests import servers

    if words[0] in FLASK_OWN or words[0] in entry_points():
        return True
    config = Config.for_tests(database_url="sqlite://", instance_dir=servers.folder() / "instance-readme")
    command = create_app(config).cli
    for word in words:
        if not hasattr(command, "commands"):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return not hasattr(command, "commands")


def entry_points() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return set(project["entry-points"]["flask.commands"])


def test_readme_shows_the_two_commands() -> None:
    assert {"run", "test"} <= made_by(typed((ROOT / "README.md").read_text()))


def test_the_guard_reads_commands_as_a_person_would() -> None:
    page = (
        "```sh\n$ make run\nflask demo load --patients 5\ncat case.json | flask triage -\n```\nmake believe"
    )
    assert made_by(typed(page)) == {"run"}
    assert asked_of_flask(typed(page)) == {("demo", "load"), ("triage",)}
    assert not known(("demo", "lode"))
