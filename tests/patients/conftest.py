"""The small world of referrals serves the tests of the person, too."""

from tests.referrals.conftest import world

__all__ = ["world"]
