from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from deploy.local.migrate import migrate_service
from shared.testing.local import LocalPostgres

from .real import Real
from .rig import Rig, Stage
from .twin import Twin

SCHEMA = "payments"
"""Whose tables the toy's stand in for: all services have the same."""
RIGS = (
    pytest.param("twin"),
    pytest.param("real", marks=(pytest.mark.integration, pytest.mark.slow)),
)
MakeRig = Callable[[], Awaitable[Rig]]


@pytest.fixture(scope="session")
def tables(postgres: LocalPostgres) -> str:
    """Where the toy's tables are: one test has them after the other."""
    dsn = postgres.fresh_database().dsn(SCHEMA)
    migrate_service(SCHEMA, dsn)
    return dsn


@pytest.fixture(params=RIGS)
def make_rig(request: pytest.FixtureRequest) -> MakeRig:
    """Servers are started before the test's own loop runs."""

    async def twin() -> Rig:
        return Twin()

    if request.param == "twin":
        return twin
    kafka, tables = (request.getfixturevalue(name) for name in ("kafka", "tables"))
    return lambda: Real.make(kafka, tables)


@pytest.fixture
async def stage(make_rig: MakeRig) -> AsyncIterator[Stage]:
    """A stage on the twins, and once more on the real thing."""
    stage = Stage(await make_rig())
    yield stage
    await stage.close()


@pytest.fixture
async def twin() -> AsyncIterator[Stage]:
    """A stage for what no test can make a real broker do."""
    stage = Stage(Twin())
    yield stage
    await stage.close()
