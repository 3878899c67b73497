"""One running system with the sample shop, shared by all files of this folder.

What would be in the others' way (a shard that is halted for good, somebody who attacks) has a
system of its own: `alone`, `attacked`.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from deploy.load.running import Running, own_system
from tests.e2e.shop import Shop

SETTINGS: Final = {
    "KAMENG_GATEWAY_STRANGERS_BURST": "500",
    "KAMENG_GATEWAY_STRANGERS_PER_S": "50",
}
"""All of them sign in from one address."""


@pytest.fixture(scope="package")
def system(worker_id: str) -> Iterator[Running]:
    """One for each of the processes that share the tests, from the first file that needs it."""
    with own_system(f"e2e-{worker_id}", "tests.e2e.with_the_sample_shop", **SETTINGS) as running:
        yield running


@pytest.fixture(scope="package")
def shop(system: Running) -> Shop:
    """The reseller and the operator there."""
    return Shop(system)
