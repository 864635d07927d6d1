"""What happens after an accept: statuses move, callbacks go out, and a restart loses none of it."""

from __future__ import annotations

import sqlite3
import threading
import time

from .messages import Messages
from .phones import Phones
from .replies import opt_out_type
from .settings import Settings, Tempo
from .store import Row, Store
from .webhooks import Outcome, Webhooks, inbound_form, status_form

WORKERS = 8


class Carrier:
    """Threads that do what is due. Events of one message never overlap; those of different ones do."""

    def __init__(
        self, settings: Settings, tempo: Tempo, store: Store, messages: Messages, phones: Phones
    ) -> None:
        self._settings, self._tempo, self._store = settings, tempo, store
        self._messages, self._phones, self.webhooks = messages, phones, Webhooks(settings, tempo)
        self._wake = threading.Condition()
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]

    def start(self) -> None:
        with self._store.transaction() as db:
            db.execute("UPDATE events SET state = 'waiting' WHERE state = 'running'")
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """Let what is running finish, within `patience` seconds; the rest waits in the file."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def wake(self) -> None:
        """Say that there is more to do."""
        with self._wake:
            self._wake.notify()

    def run_now(self, sid: str) -> None:
        """Do the events held back for this message, in the caller's thread: callbacks before the answer."""
        held = "SELECT * FROM events WHERE sid = ? AND state = 'running' ORDER BY due, id"
        for event in self._store.all(held, sid):
            self._perform(event)

    def _work(self) -> None:
        while (event := self._next()) is not None:
            try:
                self._perform(event)
            except sqlite3.ProgrammingError:
                if self._stopping:  # the file is closed; the event is done again after the restart
                    return
                raise

    def _next(self) -> Row | None:
        with self._wake:
            while not self._stopping:
                event = self._first_free()
                wait = None if event is None else event["due"] - time.time()
                if event is not None and wait is not None and wait <= 0:
                    with self._store.transaction() as db:
                        db.execute("UPDATE events SET state = 'running' WHERE id = ?", (event["id"],))
                    self._wake.notify()  # another thread watches for the next one meanwhile
                    return event
                self._wake.wait(wait)
        return None

    def _first_free(self) -> Row | None:
        return self._store.one(
            "SELECT * FROM events WHERE state = 'waiting'"
            " AND sid NOT IN (SELECT sid FROM events WHERE state = 'running') ORDER BY due, id LIMIT 1"
        )

    def _perform(self, event: Row) -> None:
        message = self._messages.find(event["sid"])
        if message is None:
            self._end(event, Outcome("message deleted"))
        elif event["kind"] == "status":
            self._move(event, message)
        else:
            self._end(event, self._post(event, message))

    def _post(self, event: Row, message: Row) -> Outcome:
        account = self._settings.account_sid
        if event["kind"] == "inbound":
            address = self._settings.inbound_url
            form = inbound_form(message, opt_out_type(message["body"]), account)
        else:
            address = message["callback"]
            form = status_form(message, event["status"], event["error_code"], account)
        return self.webhooks.post(address, form, token=event["token"], tries=event["tries"])

    def _move(self, event: Row, message: Row) -> None:
        """Move a message on; once sent it has a sender, once delivered it is on the phone."""
        status, now = event["status"], time.time()
        gone_out = status not in {"queued", "failed"}
        with self._store.transaction() as db:
            db.execute(
                "UPDATE messages SET status = ?, error_code = ?, updated = ?, sender = COALESCE(sender, ?),"
                " sent = CASE WHEN ? THEN COALESCE(sent, ?) ELSE sent END, segments = MAX(segments, 1)"
                " WHERE id = ?",
                (status, event["error_code"], now, self._settings.sender, gone_out, now, message["id"]),
            )
            if status == "delivered":
                self._phones.keep(
                    message["recipient"],
                    body=message["body"],
                    mine=False,
                    other=message["sender"] or self._settings.sender,
                    service=message["service"],
                )
            db.execute("UPDATE events SET state = 'done', tries = tries + 1 WHERE id = ?", (event["id"],))

    def _end(self, event: Row, outcome: Outcome) -> None:
        succeeded = outcome.answer.startswith(("2", "3"))
        state = "waiting" if outcome.retry else "done" if succeeded else "gave_up"
        due = time.time() + self._tempo.webhook_retry_after if outcome.retry else event["due"]
        with self._store.transaction() as db:
            db.execute(
                "UPDATE events SET state = ?, due = ?, tries = tries + 1, answer = ? WHERE id = ?",
                (state, due, outcome.answer, event["id"]),
            )
