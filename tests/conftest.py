"""Fixtures for the whole suite. `app` and `client` stand on PostgreSQL; `both_databases` adds SQLite.

Nothing here skips: a missing server is an error with the one line to type, and a whole-suite run in which the
PostgreSQL arm ran nothing fails.
"""

import ipaddress
import os
import sys
from collections import Counter

import pytest

from tests import applications, databases, servers

SETTINGS = ("DATABASE_URL", "MIGRATIONS_", "REDIS_URL", "CLINIC_", "INSTANCE_DIR", "TWILIO_", "SMS_", "SMTP_")
SETTINGS += ("LETTERS_",)
ARMS = ("sqlite", "postgresql")
RAN: "Counter[str]" = Counter()
KEEPER, SILENT = pytest.StashKey(), pytest.StashKey()


class OutsideNetwork(RuntimeError):
    """A test reached for another machine."""


def _no_outside_network(event: str, arguments: tuple) -> None:
    """Tests talk to this machine only; Unix sockets and the loop-back addresses are this machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0] or "localhost"
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    try:
        inside = ipaddress.ip_address(host).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        inside = host == "localhost"
    if not inside:
        raise OutsideNetwork("a test reached for another machine")


sys.addaudithook(_no_outside_network)


def pytest_configure(config: pytest.Config) -> None:
    for name in [n for n in os.environ if n.startswith(SETTINGS)]:
        del os.environ[name]  # the developer's own environment decides nothing in a test
    if not hasattr(config, "workerinput"):  # xdist's workers share what the controller keeps
        config.stash[KEEPER] = servers.keep()


def pytest_unconfigure(config: pytest.Config) -> None:
    if keeper := config.stash.get(KEEPER, None):
        databases.drop_databases()
        keeper.stdin.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database", ARMS, indirect=True)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        RAN.update(value for name, value in report.user_properties if name == "database")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Green with one of the databases never asked would be a lie."""
    if hasattr(session.config, "workerinput") or not whole_suite(session.config):
        return
    silent = [arm for arm in ARMS if not RAN[arm]]
    if silent and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.stash[SILENT] = silent


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    for arm in config.stash.get(SILENT, ()):
        terminalreporter.write_line(f"FAILED: not one test ran on {arm}", red=True)
    if RAN:
        terminalreporter.write_line(", ".join(f"{RAN[arm]} tests on {arm}" for arm in ARMS))


def whole_suite(config: pytest.Config) -> bool:
    """Whether nobody chose among the tests."""
    chosen = config.option.keyword or config.option.markexpr or config.option.collectonly
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


# --- databases and the application ---


@pytest.fixture(scope="session")
def _databases():
    made: dict[str, databases.Database] = {}
    make = {"sqlite": databases.sqlite_database, "postgresql": databases.postgres_database}

    def of(kind: str) -> databases.Database:
        if kind not in made:
            made[kind] = make[kind]()
        return made[kind]

    return of


@pytest.fixture
def database(request: pytest.FixtureRequest, _databases):
    """An empty migrated database; `database.kind` is sqlite or postgresql, `database.config()` fits it."""
    database = _databases(getattr(request, "param", "postgresql"))
    request.node.user_properties.append(("database", database.kind))
    database.empty()
    yield database
    assert database.unfinished() == 0, "the test left a transaction open"


@pytest.fixture(scope="session")
def _applications() -> applications.Applications:
    return applications.Applications()


@pytest.fixture
def make_app(database):
    """Build applications of the test's own on its database: `make_app(sms_in_flight=8)`."""
    made = []

    def make(**overrides: object):
        made.append(applications.build(database, **overrides))
        return made[-1]

    yield make
    for app in made:
        applications.let_go(app)


@pytest.fixture
def app(database, _applications):
    """The application as built, without a context: requests and commands make their own."""
    app = _applications.as_new(database)
    yield app
    applications.let_go(app)


@pytest.fixture
def app_context(app):
    """For tests that call services directly; they still have to say who is asking."""
    with app.app_context() as context:
        yield context


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def pg_url(_databases) -> str:
    """The application's login on an empty PostgreSQL database; for tests that start processes."""
    database = _databases("postgresql")
    database.empty()
    return database.url


@pytest.fixture
def redis_url() -> str:
    """An empty Redis database of this worker's own."""
    import redis

    number = int("".join(filter(str.isdigit, databases.worker())) or 0)
    url = f"{servers.redis_url()}/{number}"
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url
