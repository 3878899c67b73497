"""Every service has the same rooms, and every room its place."""

import pytest

from shared.contracts.matrix import SERVICES
from tests.tidy import rooms
from tests.tidy.source import Source, expect_kept, house, python

WHOLE = {*rooms.FRONT} | {f"services/{s}/{room}" for s in SERVICES for room in rooms.ROOMS}


def test_the_house_has_all_its_rooms() -> None:
    missing = list(rooms.missing_rooms({source.path for source in house()}))
    assert not missing, "\n" + "\n".join(missing)


def test_every_migration_has_a_number_of_its_own() -> None:
    assert not list(rooms.shared_numbers({source.path for source in house()}))


def test_two_migrations_of_one_number_are_seen() -> None:
    twice = ["services/risk/migrations/0002_a.sql", "services/risk/migrations/0002_b.sql"]
    assert len(list(rooms.shared_numbers([*twice, "services/orders/migrations/0002_a.sql"]))) == 1


def test_handlers_end_in_subscriptions_and_api_in_routes() -> None:
    expect_kept(rooms.missing_table, python("services/"))


def test_the_readme_of_a_service_says_what_it_is_for() -> None:
    readmes = [s for s in house() if s.path.startswith("services/") and s.name == "README.md"]
    expect_kept(rooms.unsaid_in_readme, readmes)


def test_an_import_alone_sets_nothing_off() -> None:
    expect_kept(rooms.work_at_import, python("services/", "shared/"))


def test_only_app_knows_the_settings() -> None:
    expect_kept(rooms.imports_settings, python("services/"))


def test_the_settings_of_every_service_are_frozen() -> None:
    expect_kept(rooms.melting_settings, (s for s in python() if s.name == "settings.py"))


def test_settings_that_are_not_frozen_are_seen() -> None:
    text = "@dataclass(frozen=True)\nclass Settings:\n    poll_ms: int = 20"
    assert not list(rooms.melting_settings(Source("services/risk/settings.py", text)))
    text = text.replace("(frozen=True)", "")
    assert list(rooms.melting_settings(Source("services/risk/settings.py", text)))


def test_a_whole_house_lacks_nothing() -> None:
    assert not list(rooms.missing_rooms(WHOLE))


def test_no_excuse_outlives_its_need() -> None:
    paths = {source.path for source in house()}
    assert not [room for room in rooms.WITHOUT if f"services/{'/'.join(room)}" in paths]


@pytest.mark.parametrize("room", ["README.md", "CHANGELOG.md", "services/risk/process.py"])
def test_a_missing_room_is_seen(room: str) -> None:
    assert list(rooms.missing_rooms(WHOLE - {room})) == [f"{room} is missing"]


def test_a_domain_may_be_a_file_or_a_folder() -> None:
    bare = WHOLE - {"services/orders/domain"}
    assert list(rooms.missing_rooms(bare))
    assert not list(rooms.missing_rooms(bare | {"services/orders/domain.py"}))
    assert not list(rooms.missing_rooms(bare | {"services/orders/domain/order.py"}))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/risk/handlers.py", "SUBSCRIPTIONS = {}\n\ndef late(message, arrival): ..."),
        ("services/risk/handlers.py", "ROUTES = {}"),
        ("services/gateway/api/__init__.py", "from .orders import ORDERS"),
        ("services/gateway/api.py", "def orders(request): ..."),
    ],
)
def test_a_room_without_its_table_is_seen(path: str, text: str) -> None:
    assert list(rooms.missing_table(Source(path, text)))


def test_a_room_that_ends_in_its_table_is_left_alone() -> None:
    table = "SUBSCRIPTIONS: dict[str, int] = {}"
    assert not list(rooms.missing_table(Source("services/risk/handlers.py", table)))
    assert not list(rooms.missing_table(Source("services/gateway/api.py", "ROUTES = ()")))


def test_a_readme_that_leaves_something_out_is_seen() -> None:
    text = "# risk\nowns verdicts; key: account; commands in, facts out, topics read"
    assert list(rooms.unsaid_in_readme(Source("services/risk/README.md", text)))


@pytest.mark.parametrize(
    "text",
    [
        "logging.basicConfig()",
        "POOL = psycopg.connect(dsn)",
        "DSN = os.environ['KAMENG_DSN']",
        "SCHEMA = Path('schema.sql').read_text()",
        "PRODUCER = AIOKafkaProducer()",
    ],
)
def test_work_at_import_is_seen(text: str) -> None:
    assert list(rooms.work_at_import(Source("services/risk/app.py", text)))


def test_work_in_functions_and_plain_tables_are_left_alone() -> None:
    text = """
LIMIT = max(1, 2)
DIAL = lambda: connect()
def main():
    connect()
if __name__ == "__main__":
    main()
"""
    assert not list(rooms.work_at_import(Source("services/risk/app.py", text)))


@pytest.mark.parametrize(
    "text", ["from .settings import Settings", "from services.risk import settings"]
)
def test_settings_in_another_room_are_seen(text: str) -> None:
    assert list(rooms.imports_settings(Source("services/risk/handlers.py", text)))
    assert not list(rooms.imports_settings(Source("services/risk/app.py", text)))
