"""A real browser on the real parts: gunicorn, worker, beat, PostgreSQL, Redis and the stand-in for Twilio."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests import databases, servers
from tests.demo_house import PASSWORD
from tests.journeys.parts import Service

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHOTS = Path(os.environ.get("UPRIGHT_SHOTS", "shots"))
PHONE, DESKTOP = (390, 844), (1280, 900)
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.exit("No Chromium here. Type: apt-get install chromium", returncode=1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """The whole service with the demo's clinic in it."""
    database = databases.postgres_database("_browser")
    running = Service(
        tmp_path_factory.mktemp("service"),
        database_url=database.url,
        owner_url=database.owner_url,
        redis_url=f"{servers.redis_url()}/13",
    )
    running.flask("demo", "load", "--patients", "40", seconds=240)
    with running:
        yield running


class Desk:
    """One person's browser window; every page met is measured by axe and kept as a picture."""

    def __init__(self, browser: Browser, base: str, size: tuple[int, int]) -> None:
        width, height = size
        self.base, self.width = base, width
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def signs_in(self, email: str) -> Desk:
        self.opens("/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def opens(self, path: str) -> Desk:
        self.page.goto(self.base + path)
        return self

    def looks(self, name: str) -> Desk:
        """Axe finds nothing, nothing spills over the side, no script failed; the picture is kept."""
        found = Axe().run(self.page, options=AXE_RULES)
        problems = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.width}.png", full_page=True)
        assert problems == [], f"{name} at {self.width}: {problems}"
        assert wide <= 0, f"{name} spills {wide} px over the side at {self.width}"
        assert self.errors == [], f"{name}: {self.errors}"
        return self

    def close(self) -> None:
        self.page.close()


@pytest.fixture
def desk(chromium, service):
    """Open a window: `desk()` on a desktop, `desk(PHONE)` on a phone."""
    opened: list[Desk] = []

    def open_one(size: tuple[int, int] = DESKTOP, base: str | None = None) -> Desk:
        opened.append(Desk(chromium, base or service.base, size))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
