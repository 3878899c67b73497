"""The state machine in the README is the one that runs."""

from pathlib import Path
from typing import Any, Final

from services.inventory import domain
from services.inventory.domain.state import Ended
from shared.contracts.message import Fact
from shared.testing.drawing import drawn, walked
from tests.unit.inventory import examples as say

README: Final = Path("services/inventory/README.md")
HISTORIES: Final[list[list[Fact]]] = [
    [], [*say.stocked(2)], [say.granted()], [*say.stocked(2), say.reserved(0)],
    [say.granted(), say.units_held(2)], [say.refused(0)], [say.released((), 0)],
    [say.granted(), say.units_held(2), say.committed(2)], [say.commit_refused("RESERVATION_ENDED")],
]  # fmt: skip
COMMANDS: Final = [say.reserve(1), say.release(), say.commit()]


def named(state: Any) -> str:
    """As the drawing says it: cards and units are held alike, an ended one by how it ended."""
    if isinstance(state, Ended):
        return state.how.title().replace("_", "")
    return "Held"


def test_a_reservation_runs_as_it_is_drawn() -> None:
    (reservation,) = drawn(README)
    assert walked(domain, "reservation/res-1", HISTORIES, COMMANDS, named) == reservation
