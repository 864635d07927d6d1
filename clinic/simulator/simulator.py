"""The simulator's parts, put together once."""

from __future__ import annotations

import threading

from .carrier import Carrier
from .faults import Faults
from .gauges import Gauges
from .journal import Journal
from .messages import Messages
from .phones import Phones
from .replies import Replies
from .settings import Settings, Tempo
from .store import Store


class Simulator:
    def __init__(self, settings: Settings, tempo: Tempo) -> None:
        settings.data_path.parent.mkdir(parents=True, exist_ok=True)
        self.settings, self.tempo = settings, tempo
        self.faults, self.gauges, self.stopping = Faults(), Gauges(), threading.Event()
        self.store = Store(settings.data_path)
        self.journal = Journal(settings.data_path.with_suffix(".accepts.jsonl"))
        self.messages = Messages(self.store, self.journal, tempo)
        self.phones = Phones(self.store, settings.phones)
        self.replies = Replies(settings, self.store, self.messages, self.phones)
        self.carrier = Carrier(settings, tempo, self.store, self.messages, self.phones)

    def stop(self) -> None:
        """Answer nobody more, finish what is running, close the files."""
        self.stopping.set()
        self.carrier.stop()
        self.journal.close()
        self.store.close()
