"""A person at a browser: fills the form of the page at hand, keeps its cookies, speaks HTTPS."""

import pyotp
import time_machine

from clinic.access.models import User
from clinic.extensions import db
from tests.factories import PASSWORD, csrf

SITE = "https://upright.example"


class Browser:
    def __init__(self, client):
        self.client = client

    def get(self, path: str):
        return self.client.get(path, base_url=SITE)

    def post(self, path: str, form_on: str | None = None, **typed: str):
        """Send the form that stands on `form_on` (by default the same address)."""
        page = self.get(form_on or path).text
        return self.client.post(
            path, base_url=SITE, headers={"Referer": SITE}, data={"csrf_token": csrf(page), **typed}
        )

    def password(self, user: User, password: str = PASSWORD, **more: str):
        return self.post("/sign-in", email=user.email, password=password, **more)

    def proposed_secret(self) -> str:
        """The key on the set-up page, as a person copies it."""
        return self.get("/sign-in/set-up").text.split('upright-key">')[1].split("<")[0].replace(" ", "")

    def sign_in(self, user: User) -> "Browser":
        """Both steps: sets the app up when the account has none."""
        answer = self.password(user)
        if "set-up" in answer.location:
            secret = self.proposed_secret()
            answer = self.post("/sign-in/set-up", code=pyotp.TOTP(secret).now())
        elif "code" in answer.location:
            answer = self.post("/sign-in/code", code=next_code(self.client.application, user))
        assert answer.location == "/", "the sign-in was refused"
        return self


def secret_of(app, user: User) -> str | None:
    with app.app_context():
        return db.session.get_one(User, user.id).totp_secret


def next_code(app, user: User) -> str:
    return pyotp.TOTP(str(secret_of(app, user))).now()


def later(seconds: float):
    """The clock moved on, still ticking."""
    from datetime import UTC, datetime, timedelta

    return time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds))
