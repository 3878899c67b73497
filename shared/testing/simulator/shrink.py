"""From a run that fails to the fewest faults with which it still fails."""

from collections.abc import Sequence

from .faults import Fault
from .simulation import Outcome, simulate
from .world import Cast


def shrink(outcome: Outcome, cast: Cast) -> Outcome:
    """The shortest prefix of faults that fails, then without each one that can go."""
    failing = _shortest_prefix(outcome, cast)
    for fault in failing.faults:
        fewer = [kept for kept in failing.faults if kept != fault]
        failing = _fails(outcome.seed, cast, fewer) or failing
    return failing


def _shortest_prefix(outcome: Outcome, cast: Cast) -> Outcome:
    for length in range(len(outcome.faults)):
        if failing := _fails(outcome.seed, cast, outcome.faults[:length]):
            return failing
    return outcome


def _fails(seed: int, cast: Cast, faults: Sequence[Fault]) -> Outcome | None:
    again = simulate(seed, cast, faults)
    return again if again.broken else None
