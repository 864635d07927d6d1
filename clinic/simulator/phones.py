"""The handsets: what each phone has received and written. A text redacted at Twilio stays on the phone."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from .store import Row, Store

NEWEST = 60


@dataclass(frozen=True)
class Phone:
    id: int
    number: str
    label: str
    texts: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.label or self.number


class Phones:
    def __init__(self, store: Store, names: Iterable[tuple[str, str]] = ()) -> None:
        self._store = store
        self.name(names)

    def name(self, names: Iterable[tuple[str, str]]) -> None:
        """Put phones on the page, or rename them. `names` are (number, label)."""
        with self._store.transaction() as db:
            db.executemany(
                "INSERT INTO phones (number, label) VALUES (?, ?)"
                " ON CONFLICT (number) DO UPDATE SET label = excluded.label",
                list(names),
            )

    def keep(self, number: str, *, body: str, mine: bool, other: str, service: str | None) -> None:
        """Add one text to a phone's conversation; a phone we have not met appears by this."""
        with self._store.transaction() as db:
            db.execute("INSERT INTO phones (number) VALUES (?) ON CONFLICT DO NOTHING", (number,))
            db.execute(
                "INSERT INTO texts (phone_id, mine, other, service, body, at)"
                " SELECT id, ?, ?, ?, ?, ? FROM phones WHERE number = ?",
                (mine, other, service, body, time.time(), number),
            )

    def writes_to(self, number: str) -> tuple[str, str | None] | None:
        """Whom a reply goes to: the sender, and its service, of the last text this phone received."""
        row = self._store.one(
            "SELECT other, service FROM texts JOIN phones ON phones.id = phone_id"
            " WHERE number = ? AND NOT mine ORDER BY texts.id DESC LIMIT 1",
            number,
        )
        return (row["other"], row["service"]) if row else None

    def search(self, words: str = "") -> list[Phone]:
        """Phones whose label or number holds the words: the last texted first, the untexted as given."""
        digits = words.replace(" ", "").removeprefix("0") or words
        rows = self._store.all(
            "SELECT * FROM phones WHERE label LIKE ? ESCAPE '!' OR number LIKE ? ESCAPE '!'"
            " ORDER BY (SELECT MAX(texts.id) FROM texts WHERE phone_id = phones.id) DESC NULLS LAST, id",
            _containing(words),
            _containing(digits),
        )
        return [self._with_texts(row) for row in rows]

    def find(self, phone_id: int) -> Phone | None:
        row = self._store.one("SELECT * FROM phones WHERE id = ?", phone_id)
        return self._with_texts(row) if row else None

    def newest(self) -> int:
        """The number of the last text on any phone; 0 when there is none."""
        row = self._store.one("SELECT COALESCE(MAX(id), 0) AS id FROM texts")
        return int(row["id"]) if row else 0

    def changed(self, after: int) -> list[int]:
        """The phones that have a text newer than number `after`."""
        rows = self._store.all("SELECT DISTINCT phone_id FROM texts WHERE id > ? ORDER BY phone_id", after)
        return [row["phone_id"] for row in rows]

    def _with_texts(self, row: Row) -> Phone:
        newest = "SELECT * FROM texts WHERE phone_id = ? ORDER BY id DESC LIMIT ?"
        texts = self._store.all(newest, row["id"], NEWEST)
        return Phone(row["id"], row["number"], row["label"], texts[::-1])


def _containing(words: str) -> str:
    for special in "!%_":
        words = words.replace(special, f"!{special}")
    return f"%{words}%"
