"""One running system that is attacked, and the people who do it."""

from collections.abc import Iterator

import pytest

from deploy.load.running import Running, own_system
from tests.e2e.conftest import SETTINGS
from tests.e2e.shop import until

from .owned import OWNER, belongings
from .people import Cast


@pytest.fixture(scope="package")
def system(worker_id: str) -> Iterator[Running]:
    name = f"attacked-{worker_id}"
    with own_system(name, "tests.e2e.with_the_sample_shop", **SETTINGS) as running:
        yield running


@pytest.fixture(scope="package")
def cast(system: Running) -> Iterator[Cast]:
    made = Cast(system)
    yield made
    made.client.close()


@pytest.fixture(scope="package")
def owned(cast: Cast) -> dict[str, str]:
    """One of each that a buyer can own, by the name that stands for it in a path."""
    found = belongings(cast, OWNER)
    order, batch = f"/v1/orders/{found['order_id']}", f"/v1/batches/{found['batch_id']}"
    until(lambda: "dispute" in cast.told(OWNER, "GET", order)["lines"][0])
    until(lambda: cast.told(OWNER, "GET", batch)["state"] == "done")
    return found
