"""The floor of sending: http.client threads, keep-alive, no database, no Twilio client."""

from __future__ import annotations

import base64
import http.client
import queue
import threading
import time
from urllib.parse import urlencode, urlsplit

from clinic.config import Config


def post_all(url: str, config: Config, count: int, threads: int) -> dict[str, float]:
    """Post `count` texts from `threads` connections; texts a second and CPU milliseconds a text."""
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for n in range(count):
        todo.put(n)
    wall, cpu = time.perf_counter(), time.process_time()
    workers = [threading.Thread(target=_work, args=(url, config, todo)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"per_second": count / wall, "cpu_ms": 1000 * cpu / count}


def _work(url: str, config: Config, todo: queue.SimpleQueue[int]) -> None:
    account, token = config.twilio_account_sid, config.twilio_auth_token.get_secret_value()
    key = base64.b64encode(f"{account}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    path = f"/2010-04-01/Accounts/{account}/Messages.json"
    while True:
        try:
            n = todo.get_nowait()
        except queue.Empty:
            connection.close()
            return
        form = {
            "To": f"+4477008{n:05d}",
            "From": config.twilio_from,
            "Body": "Your class: Tue 24 Nov, 10:30, The Hall.",
        }
        connection.request("POST", path, urlencode(form), headers)
        connection.getresponse().read()
