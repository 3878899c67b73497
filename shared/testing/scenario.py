"""given(facts).when(command).then(facts): a rule as a sentence, and each command repeated."""

from dataclasses import dataclass
from typing import Any, Self

from shared.contracts.message import Fact
from shared.kernel.decider import Domain

ROUNDS_MAX = 5
"""How often an aggregate may point at another before keys() counts as not ending."""


class World:
    """Aggregates in memory, moved by facts alone."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.states: dict[str, Any] = {}

    def fold(self, *facts: Fact) -> Self:
        """Let these facts have happened."""
        for fact in facts:
            for key in self.reach(fact):
                state = self.domain.evolve(key, self.states.get(key), fact)
                if state is None:
                    self.states.pop(key, None)
                else:
                    self.states[key] = state
        return self

    def reach(self, message: Any) -> list[str]:
        """Every aggregate that the message names, directly or through another."""
        named: list[str] = []
        for _ in range(ROUNDS_MAX):
            at_hand = {key: self.states[key] for key in named if key in self.states}
            found = list(dict.fromkeys(self.domain.keys(message, at_hand)))
            if set(found) <= set(named):
                return named
            named = list(dict.fromkeys([*named, *found]))
        raise AssertionError(f"keys() of {message} does not come to an end")

    def decide(self, command: Any) -> list[Fact]:
        """What the rules say, with exactly the aggregates at hand that keys() names."""
        named = self.reach(command)
        at_hand = {key: self.states[key] for key in named if key in self.states}
        facts = self.domain.decide(at_hand, command)
        unnamed = {key for fact in facts for key in self.domain.keys(fact, at_hand)} - set(named)
        assert not unnamed, f"{command} changes what keys() does not name: {unnamed}"
        return facts


@dataclass
class Then:
    """The outcome of a command."""

    world: World
    command: Any
    facts: list[Fact]

    def then(self, *expected: Fact) -> World:
        """These facts and no others; after them the same command is [] (already so)."""
        assert self.facts == list(expected)
        return self.repeated()

    def then_nothing(self) -> World:
        """Already so, or not ours."""
        return self.then()

    def then_types(self, *expected: type[Fact]) -> World:
        """Facts of these types, in this order."""
        assert [type(fact) for fact in self.facts] == list(expected)
        return self.repeated()

    def repeated(self) -> World:
        """The command once more after its own facts: nothing new may come of it."""
        self.world.fold(*self.facts)
        again = self.world.decide(self.command)
        assert again == [], f"repeating {self.command} gave {again}"
        return self.world


@dataclass
class Given:
    """A history."""

    world: World

    def when(self, command: Any) -> Then:
        """Let this be asked."""
        return Then(self.world, command, self.world.decide(command))


def given(domain: Domain, *facts: Fact) -> Given:
    """A world in which these facts have happened."""
    return Given(World(domain).fold(*facts))
