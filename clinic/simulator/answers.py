"""Answers that are no ordinary answers: Twilio's errors, nonsense, and a line that goes dead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify, request

from .contract import error


class LineCut(ConnectionError):
    """The connection is to be reset; `partial` is sent first."""

    def __init__(self, partial: bytes) -> None:
        super().__init__("scripted reset")
        self.partial = partial


class Cut(Response):
    """Resets the connection instead of answering: at once, or after the headers and half of `answer`."""

    def __init__(self, answer: Response | None = None) -> None:
        super().__init__()
        self._partial = b""
        if answer is not None:
            body = answer.get_data()
            head = f"HTTP/1.1 {answer.status}\r\n{answer.headers}".encode("latin-1")
            self._partial = head.rstrip() + b"\r\n\r\n" + body[: len(body) // 2]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        raise LineCut(self._partial)


def problem(code: int, *, status: int | None = None) -> Response:
    """An error in Twilio's JSON form."""
    usual, body = error(code, request.path)
    response = jsonify(body | {"status": status or usual})
    response.status_code = status or usual
    return response


def garbage(status: int) -> Response:
    return Response('{"sid": "SM', status=status, mimetype="application/json")
