"""One running system that is attacked, and the people who do it."""

from collections.abc import Iterator

import pytest

from deploy.load.running import Running, own_system

from .people import Cast

SETTINGS = {
    "KAMENG_GATEWAY_STRANGERS_BURST": "500",
    "KAMENG_GATEWAY_STRANGERS_PER_S": "50",
}
"""All of them sign in from one address."""


@pytest.fixture(scope="package")
def system() -> Iterator[Running]:
    with own_system("attacked", "tests.e2e.with_the_sample_shop", **SETTINGS) as running:
        yield running


@pytest.fixture(scope="package")
def cast(system: Running) -> Iterator[Cast]:
    made = Cast(system)
    yield made
    made.client.close()
