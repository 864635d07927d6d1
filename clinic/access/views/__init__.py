"""The front door's pages: the way in, one's own account, an administrator's people and practices."""

from clinic.access.views import account, colleagues, people, practices, sign_in

blueprints = (sign_in.bp, account.bp, people.bp, practices.bp, colleagues.bp)
