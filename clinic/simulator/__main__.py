"""The simulator as a process of its own: `python -m clinic.simulator`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from .server import start
from .settings import DEFAULT_SENDER, Phones, Tempo


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; prints the address once it answers. The environment gives the defaults."""
    options = _parser().parse_args(arguments)
    tempo = Tempo()
    tempo.change(dict(_pair(text) for text in options.tempo))
    handle = start(
        options.port,
        options.data,
        account_sid=options.account_sid,
        auth_token=options.auth_token,
        webhook_base_url="",
        inbound_url=options.inbound_url,
        host=options.host,
        phones=_phones(options.phone or os.environ.get("SIMULATOR_PHONES", "").split(";")),
        sender=options.sender,
        tempo=tempo,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    print(handle.url, flush=True)
    try:
        handle.wait()
    except (KeyboardInterrupt, SystemExit):
        handle.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m clinic.simulator", description=__doc__)
    add = parser.add_argument
    add("--host", **_from("SIMULATOR_HOST", "127.0.0.1"))
    add("--port", type=int, **_from("SIMULATOR_PORT", "8001"))
    add("--data", type=Path, **_from("SIMULATOR_DATA", "instance/simulator.sqlite3"))
    add("--account-sid", **_from("TWILIO_ACCOUNT_SID"))
    add("--auth-token", **_from("TWILIO_AUTH_TOKEN"))
    add("--sender", help="the number behind any service", **_from("TWILIO_FROM", DEFAULT_SENDER))
    add(
        "--inbound-url",
        help="where a phone's reply is posted",
        **_from("SIMULATOR_INBOUND_URL", "http://127.0.0.1:8000/twilio/inbound"),
    )
    add("--phone", action="append", metavar="NUMBER=LABEL", help="put a phone on the page")
    add("--tempo", action="append", default=[], metavar="NAME=SECONDS", help="see settings.Tempo")
    return parser


def _from(variable: str, otherwise: str | None = None) -> dict[str, Any]:
    value = os.environ.get(variable) or otherwise
    return {"default": value, "required": value is None}


def _pair(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    return name, float(value)


def _phones(given: list[str]) -> Phones:
    pairs = (text.partition("=") for text in given if text.strip())
    return tuple((number.strip(), label.strip()) for number, _, label in pairs)


if __name__ == "__main__":
    sys.exit(main())
