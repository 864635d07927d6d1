"""The front door's pages: the way in, one's own account, an administrator's people and practices."""

from clinic.access.views import account, colleagues, people, pins, practices, sign_in

__all__ = ["blueprints", "pins"]  # pins adds its pages to the way in and the account
blueprints = (sign_in.bp, account.bp, people.bp, practices.bp, colleagues.bp)
