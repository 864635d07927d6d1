"""The HTTP server: kept-alive connections as Twilio keeps them, and a real reset when one is scripted."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import unquote, urlsplit
from wsgiref.types import WSGIApplication

from .answers import LineCut
from .gauges import Gauges

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(BaseHTTPRequestHandler):
    """One client's connection, and the requests that follow each other on it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server
    _gauges: Gauges | None = None

    def count(self, gauges: Gauges) -> None:
        """Called by each API request: the page's own connections are not the sender's."""
        if self._gauges is None:
            self._gauges = gauges
            gauges.connected()

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        super().finish()
        self.server.left(self.connection)
        if self._gauges is not None:
            self._gauges.disconnected()

    def handle(self) -> None:
        try:
            super().handle()
        except LineCut as cut:
            if cut.partial:
                self.wfile.write(cut.partial)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.server.to_reset.add(self.connection)
        except (OSError, ValueError):
            return  # the client, or stop(), closed the line

    def do_GET(self) -> None:
        status, headers = "500 Internal Server Error", [("Content-Length", "0")]

        def start_response(given: str, given_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status, headers
            status, headers = given, given_headers

        chunks = self.server.app(self._environ(), start_response)
        body = b"".join(chunks)
        if callable(close := getattr(chunks, "close", None)):
            close()
        code, _, words = status.partition(" ")
        self.send_response(int(code), words)
        for name, value in headers:
            self.send_header(name, value)
        if code not in {"204", "304"} and "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_DELETE = do_HEAD = do_PUT = do_GET

    def _environ(self) -> dict[str, Any]:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "latin-1"),
            "QUERY_STRING": url.query,
            "SERVER_NAME": self.server.server_address[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "simulator.connection": self,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: paths carry numbers."""


class Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self.app = app
        self.to_reset: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((host, port), Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def left(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def shutdown_request(self, request: Any) -> None:
        """A connection to be reset is closed without the polite goodbye that would come first."""
        if request in self.to_reset:
            self.to_reset.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close what clients keep open: they would go on talking to a simulator that has stopped."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
