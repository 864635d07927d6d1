"""The front door's pages: the way in, one's own account, and the people an administrator looks after."""

from clinic.access.views import account, people, sign_in

blueprints = (sign_in.bp, account.bp, people.bp)
