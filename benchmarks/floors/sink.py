"""A provider that only takes its time: Twilio's 201 after `seconds`, with a new sid; nothing is kept.

The simulator costs about as much CPU a text as the sender it is to measure, on the same cores: where the
question is how many texts are under way at once, it would be measured too. This one costs a tenth of that.
`python -m benchmarks.floors.sink PORT SECONDS` prints its address once it answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count

HEAD = "HTTP/1.1 {} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
numbers = count(1)


class Stats:
    """The simulator's words for the same things."""

    def __init__(self) -> None:
        self.open_connections = self.peak_connections = self.in_flight = self.peak_in_flight = (
            self.creates
        ) = 0

    def clear(self) -> None:
        self.peak_connections, self.peak_in_flight, self.creates = self.open_connections, self.in_flight, 0


class Line(asyncio.Protocol):
    """One kept-alive connection; its requests come one after the other."""

    def __init__(self, stats: Stats, seconds: float) -> None:
        self.stats, self.seconds, self.had = stats, seconds, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.stats.open_connections += 1
        self.stats.peak_connections = max(self.stats.peak_connections, self.stats.open_connections)

    def connection_lost(self, problem: Exception | None) -> None:
        self.stats.open_connections -= 1

    def data_received(self, data: bytes) -> None:
        self.had += data
        head, ended, body = self.had.partition(b"\r\n\r\n")
        _, named, rest = head.lower().partition(b"content-length: ")
        if not ended or len(body) < (int(rest.split(b"\r\n")[0]) if named else 0):
            return
        self.had = b""
        if not head.startswith(b"POST "):
            if head.startswith(b"DELETE "):
                self.stats.clear()
            self._say(200, vars(self.stats))
            return
        self.stats.in_flight += 1
        self.stats.peak_in_flight = max(self.stats.peak_in_flight, self.stats.in_flight)
        asyncio.get_running_loop().call_later(self.seconds, self._accept)

    def _accept(self) -> None:
        self.stats.in_flight -= 1
        self.stats.creates += 1
        self._say(201, {"sid": f"SM{next(numbers):032x}", "status": "queued", "direction": "outbound-api"})

    def _say(self, status: int, words: dict[str, object]) -> None:
        body = json.dumps(words)
        self.transport.write((HEAD.format(status, len(body)) + body).encode())


async def serve(port: int, seconds: float) -> None:
    stats, loop = Stats(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(stats, seconds), "127.0.0.1", port, backlog=256)
    print(f"http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
