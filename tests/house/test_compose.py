"""docker-compose.yml, the Dockerfile, .env.example and the code say the same."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

from clinic.config import Config

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "upright"}
EXAMPLE = (ROOT / ".env.example").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSES_OWN = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "LOGIN_PASSWORD"}
IN_PRODUCTION = {"web", "worker", "beat", "migrate", "postgres", "redis"}


def settings() -> set[str]:
    """What the code reads, as the environment spells it."""
    return {name.upper() for name in Config.model_fields}


def documented() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_the_example_documents_exactly_the_settings_the_code_reads() -> None:
    assert documented() == settings()


def test_every_part_is_there_and_ours_share_one_image() -> None:
    assert set(SERVICES) == IN_PRODUCTION
    assert set(OURS) == {"web", "worker", "beat", "migrate"}


@pytest.mark.parametrize("name", OURS)
def test_a_setting_of_compose_is_one_the_code_knows(name: str) -> None:
    assert set(OURS[name]["environment"]) <= settings()


def test_what_compose_asks_for_beside_the_settings_is_named_in_its_head() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    assert asked - settings() == COMPOSES_OWN
    assert [name for name in COMPOSES_OWN if name not in text.split("\nname:")[0]] == []


@pytest.mark.parametrize("name", OURS)
def test_what_a_command_starts_exists(name: str) -> None:
    words = shlex.split(OURS[name]["command"])
    assert words[0] in {"gunicorn", "celery", "flask"}
    module, _, attribute = next(w for w in words[1:] if w.startswith("wsgi")).partition(":")
    source = (ROOT / f"{module}.py").read_text()
    assert re.search(rf"^{attribute or 'app'} = ", source, re.MULTILINE)
    assert importlib.util.find_spec(words[0])


def test_the_web_process_listens_where_compose_and_the_image_say() -> None:
    inside = SERVICES["web"]["ports"][0].rpartition(":")[2]
    assert f":{inside}" in SERVICES["web"]["command"]
    assert f"EXPOSE {inside}" in DOCKERFILE
    assert f":{inside}/healthz" in " ".join(SERVICES["web"]["healthcheck"]["test"])
    assert SERVICES["web"]["ports"][0].startswith(f"${{PORT:-{Config.model_fields['port'].default}}}")


def test_nobody_serves_before_the_migrations_are_through() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_one_beat_is_no_worker_and_the_migrations_alone_know_the_schemas_owner() -> None:
    assert " beat " in SERVICES["beat"]["command"]
    assert [name for name, service in SERVICES.items() if " beat" in service.get("command", "")] == ["beat"]
    owners = [name for name in OURS if "MIGRATIONS_DATABASE_URL" in OURS[name]["environment"]]
    assert owners == ["migrate"]


def test_the_image_runs_as_nobody_special_and_installs_only_hashed_wheels() -> None:
    assert re.search(r"^USER (?!root)\w+", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert all("security_opt" in service for service in OURS.values())


def test_data_outlives_a_container() -> None:
    assert any(v.startswith("postgres:") for v in SERVICES["postgres"]["volumes"])
    assert {"postgres", "instance"} <= set(COMPOSE["volumes"])
