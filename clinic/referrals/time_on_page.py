"""How long a decision's page was open, by the server alone: a signed moment goes out with the form (F28)."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from clinic.columns import config
from clinic.extensions import now
from clinic.viewer import Viewer

LONGEST = 12 * 3600  # seconds; a page left open overnight says nothing


def mark(episode_id: int, by: Viewer, given: str | None = None) -> str:
    """What the form carries; a form that comes back with an error keeps its first moment."""
    if given and _opened(given, episode_id, by) is not None:
        return given
    return str(_signer().dumps([episode_id, by.id, int(now().timestamp())]))


def seconds(given: str | None, episode_id: int, by: Viewer) -> int | None:
    """From opened to decided; None when the page did not say, or not of this person and referral."""
    opened = _opened(given, episode_id, by) if given else None
    if opened is None:
        return None
    passed = int(now().timestamp()) - opened
    return passed if 0 <= passed <= LONGEST else None


def _opened(given: str, episode_id: int, by: Viewer) -> int | None:
    try:
        whose, who, moment = _signer().loads(given)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(moment) if (whose, who) == (episode_id, by.id) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(config().secret_key.get_secret_value(), salt="time on page")
