"""One kept text, everybody it may speak for, and what most effects need to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.notifications import answering
from clinic.notifications.binding import Binding
from clinic.notifications.models import Inbound, QuestionState
from clinic.notifications.rules.replies import Intent
from clinic.patients.models import Contact
from clinic.viewer import system
from clinic.worklist import services as worklist


@dataclass(frozen=True)
class Said:
    """`contacts` are the bound question's, else everybody's on that number."""

    row: Inbound
    contacts: Sequence[Contact]
    bound: Binding
    now: datetime
    carrier_answered: bool = False

    @property
    def intent(self) -> Intent:
        return self.bound.reading.intent

    @property
    def people(self) -> list[int]:
        return sorted({c.patient_id for c in self.contacts})

    def close_question(self) -> None:
        if self.bound.question is not None:
            self.bound.question.state = QuestionState.ANSWERED
            self.bound.question.answered_at = self.now

    def alert(self, kind: str) -> None:
        for patient_id in self.people:
            answering.alert(self.row, kind, patient_id=patient_id, now=self.now)

    def person(self, kind: str, patient_id: int | None) -> None:
        answering.person(self.row, kind, patient_id=patient_id, now=self.now)

    def task(self, kind: str, patient_id: int) -> None:
        worklist.open_task(
            kind=kind,
            patient_id=patient_id,
            cause_kind="inbound",
            cause_id=self.row.id,
            clinic_id=self.row.clinic_id,
            organisation_id=self.row.organisation_id,
            due_at=self.now + answering.READ_WITHIN,
            by=system("replies", self.row.clinic_id),
        )

    def answer(self, text: str, **facts: object) -> None:
        answering.answer(self.row, text, now=self.now, **facts)
