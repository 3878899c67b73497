"""Two tests at a time: which of them stay together, and which begin.

`make test` runs two processes of pytest (`-n 2`, pytest-xdist), because most tests wait. What
belongs together stays in one of the two, in its order: a file's tests, and all of a folder that
needs what its other files have made. The files of tests/e2e share a running system, and each
of the two processes has one. The long ones begin, the quick ones fill what is left at the end.
"""

from pathlib import PurePath
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = ("tests/browser", "tests/e2e/attacked", "tests/integration/gateway")
"""Folders whose files share what is started once."""
LONG: Final = ("faults", "e2e", "browser", "simulation", "integration", "conformance")
"""Folders by how long their files take, the longest first; then all others."""


class Together(LoadScopeScheduling):
    """Gives a process the next file, or all of a folder, when it is nearly done with its last."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # the order is ours, not by the number of tests
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid.partition("::")[0])


def together(file: str) -> str:
    """What is given to one process as a whole: the file, or its folder."""
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def turn(file: PurePath) -> int:
    """When a file's tests begin: those with the lowest number first."""
    folders = (number for number, folder in enumerate(LONG) if folder in file.parts)
    return next(folders, len(LONG))
