from collections.abc import AsyncIterator

import pytest

from .real import Real
from .rig import Rig, Stage
from .twin import Twin

RIGS = (
    pytest.param("twin"),
    pytest.param("real", marks=(pytest.mark.integration, pytest.mark.slow)),
)


@pytest.fixture(params=RIGS)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage on the twins, and once more on the real thing."""
    rig: Rig
    if request.param == "twin":
        rig = Twin()
    else:
        kafka, postgres = (request.getfixturevalue(name) for name in ("kafka", "postgres"))
        rig = await Real.make(kafka, postgres)
    stage = Stage(rig)
    yield stage
    await stage.close()


@pytest.fixture
async def twin() -> AsyncIterator[Stage]:
    """A stage for what no test can make a real broker do."""
    stage = Stage(Twin())
    yield stage
    await stage.close()
