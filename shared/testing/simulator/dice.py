"""Chance from the seed alone: each who draws has dice of their own."""

from random import Random


class Dice(Random):
    """Thrown by the simulator's people and faults."""

    def percent(self, chance: int) -> bool:
        """Whether something happens that happens so often in a hundred."""
        return self.randrange(100) < chance


def dice_of(*names: object) -> Dice:
    """The same names, the same throws, on any machine."""
    return Dice("/".join(map(str, names)))
