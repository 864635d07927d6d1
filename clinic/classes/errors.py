"""Why a seat, an offer or a page says no: domain words that carry what they are about."""

from __future__ import annotations

from datetime import date


class CannotSeat(Exception):
    """A seat was not given; `text` is a sentence for the page."""

    text = "That seat cannot be given."

    def __str__(self) -> str:
        return self.text


class ClassIsFull(CannotSeat):
    """No free standing seat in the class, or none in the session, whichever id is set."""

    text = "That class has just filled up. Choose another."

    def __init__(self, *, class_id: int | None = None, session_id: int | None = None) -> None:
        super().__init__(class_id, session_id)
        self.class_id, self.session_id = class_id, session_id


class AlreadyHasAPlace(CannotSeat):
    """The same person, the same seat or the same day."""

    def __init__(self, *, episode_id: int, on: date | None = None, class_id: int | None = None) -> None:
        super().__init__(episode_id, on, class_id)
        self.episode_id, self.on, self.class_id = episode_id, on, class_id
        day = f"on {on.day} {on:%B}" if on else "in this class"
        self.text = f"This person already has a place {day}."


class CannotTakeASeat(CannotSeat):
    """The episode has ended, is paused or is suspended."""

    def __init__(self, *, episode_id: int) -> None:
        super().__init__(episode_id)
        self.episode_id = episode_id
        self.text = "This person is paused or has left the service, so no seat can be given."


class SessionIsOver(CannotSeat):
    """The session has begun, was cancelled or was closed."""

    text = "This session has started, is closed or was cancelled."


class PassesOver(CannotSeat):
    """Somebody suitable has waited longer: only a physiotherapist's reason may pass them over."""

    def __init__(self, episode_ids: tuple[int, ...]) -> None:
        super().__init__(episode_ids)
        self.episode_ids = episode_ids
        self.text = (
            f"{len(episode_ids)} people who suit this seat are before this person on the waiting list. "
            "A physiotherapist may offer it out of turn and say why."
        )


class HasOpenOffer(CannotSeat):
    """One offer at a time: its answer would be ambiguous otherwise (F2)."""

    text = "This person already has an offer that waits for an answer."


class OfferIsClosed(Exception):
    """A late answer: the offer is no longer open, so nothing is taken."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state
        self.text = f"This offer is no longer open: it is {state}."


class WhichDay(Exception):
    """The day named is on no line of the offer, or on two: nothing is done and we ask."""


class TooLateToUndo(Exception):
    """The half hour is over, or somebody else has been offered the seat."""

    text = "It is too late to take this back: the place has gone to somebody else."


class NeedsAssessment(Exception):
    """Nobody attends a first class on referral facts alone, unless a physiotherapist records why (F3)."""

    text = "This person has not been assessed. A physiotherapist may record why they can join today."


class BadTimetable(ValueError):
    """A class, session or slot as typed is impossible; the message says what to change."""
