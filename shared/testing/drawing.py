"""A state machine drawn in a README, held against the one that runs.

An arrow is `Before --> After: what happens / Fact, Fact`. The drawing and the code agree when each
walk that was tried is drawn, with its facts, and each drawn arrow was walked, with all of its.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from shared.contracts.message import Fact
from shared.kernel.decider import Domain

from .scenario import World

Arrows = dict[tuple[str, str], frozenset[str]]
"""(before, after) → the types of the facts that lead there."""
NOTHING: Final = "[*]"
DRAWING: Final = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)
ARROW: Final = re.compile(r"\s*(\S+) --> (\w+): [^/]*/ (.+)")


def drawn(readme: Path) -> list[Arrows]:
    """The machines of a README, in its order. Raises ValueError where an arrow names no fact."""
    return [_arrows(body) for body in DRAWING.findall(readme.read_text("utf-8"))]


def _arrows(body: str) -> Arrows:
    found: Arrows = {}
    for line in filter(str.strip, body.splitlines()):
        arrow = ARROW.fullmatch(line)
        if arrow is None:
            raise ValueError(f"not an arrow with its facts: {line.strip()}")
        before, after, facts = arrow.groups()
        told = frozenset(fact.strip() for fact in facts.split(","))
        found[before, after] = found.get((before, after), frozenset()) | told
    return found


def walked(
    domain: Domain,
    key: str,
    histories: Iterable[Sequence[Fact]],
    commands: Iterable[Any],
    named: Callable[[Any], str] = lambda state: type(state).__name__,
) -> Arrows:
    """Every step of this aggregate when each command is tried after each history."""
    tried = list(commands)
    found: Arrows = {}
    for history in histories:
        for command in tried:
            for before, after, facts in _step(World(domain).fold(*history), key, command):
                states = (NOTHING if before is None else named(before), named(after))
                found[states] = found.get(states, frozenset()) | facts
    return found


def _step(world: World, key: str, command: Any) -> Iterator[tuple[Any, Any, frozenset[str]]]:
    """The step that the command makes; none where it makes no fact of this aggregate's."""
    before = world.states.get(key)
    facts = world.decide(command)
    moving = [fact for fact in facts if key in world.reach(fact)]
    world.fold(*facts)
    after = world.states.get(key)
    if moving and after is not None:
        yield before, after, frozenset(type(fact).__name__ for fact in moving)
