"""A file for somebody's own disk: never shown inside our pages, whatever is in it."""

from __future__ import annotations

import re

from flask import Response

NOTHING = "sandbox; default-src 'none'; frame-ancestors 'none'"


def as_download(content: bytes | str, *, name: str, media: str) -> Response:
    """An answer that a browser saves and does not open; `name` without anybody's data.

    `nosniff` and `no-store` stand on every answer of ours; this one may in no case run or be framed.
    """
    body = content.encode() if isinstance(content, str) else content
    answer = Response(body, content_type=media)
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    answer.headers["Content-Security-Policy"] = NOTHING
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
