"""`python -m clinic` and gunicorn on a laptop: one clear line when something is in the way."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.config import Config
from clinic.embedded import MoreThanOneProcess, refuse_many

HERE = Path(__file__).resolve().parents[2]


def config(folder: Path, **more: object) -> Config:
    return Config.for_tests(database_url="sqlite://", instance_dir=folder, **more)


def test_one_process_may_have_a_memory_broker(tmp_path):
    refuse_many(config(tmp_path), 1)


def test_two_processes_need_redis(tmp_path):
    with pytest.raises(MoreThanOneProcess, match="REDIS_URL"):
        refuse_many(config(tmp_path), 2)
    refuse_many(config(tmp_path, redis_url="redis://localhost/0"), 2)


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=HERE,
        env={"PATH": os.environ["PATH"], "INSTANCE_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_gunicorn_refuses_two_processes_on_memory(tmp_path):
    done = run(tmp_path, "gunicorn", "-w", "2", "-b", "127.0.0.1:0", "wsgi:app")
    assert done.returncode != 0
    assert "cannot share a memory broker" in done.stderr


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(tmp_path, "clinic", PORT=port)
    assert done.returncode == 2
    assert done.stderr.strip() == f"Port {port} is taken: stop what uses it, or set PORT."


def test_a_second_one_on_the_same_instance_is_refused(tmp_path):
    with (tmp_path / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = run(tmp_path, "clinic")
    assert done.returncode == 2
    assert "already runs" in done.stderr


def test_production_says_everything_that_is_missing(tmp_path):
    done = run(tmp_path, "clinic", CLINIC_ENV="production")
    assert done.returncode == 2
    for name in ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL", "SMS_PROVIDER"):
        assert name in done.stderr
