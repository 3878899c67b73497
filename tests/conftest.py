"""What all tests share: markers follow from the folder, hypothesis from one profile."""

from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from tests.side_by_side import Together, turn

pytest_plugins = ("shared.testing.local",)

FOLDER_MARKERS = ("integration", "faults", "e2e", "browser")

settings.register_profile(
    "house",
    deadline=None,  # a busy machine is no failure of a rule
    suppress_health_check=[HealthCheck.too_slow],  # nor is making examples slowly
    derandomize=True,  # the same commit, the same verdict
)
settings.load_profile("house")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by the folder it lives in: `-m "not integration"` leaves a folder out."""
    for item in items:
        for marker in set(FOLDER_MARKERS) & set(PurePath(item.path).parts):
            item.add_marker(marker)
    if hasattr(config, "workerinput"):  # one of two processes
        items.sort(key=lambda item: turn(item.path.relative_to(config.rootpath)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Who runs which tests, where two processes do."""
    return Together(config, log)
