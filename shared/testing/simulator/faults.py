"""What goes wrong in a run, and when: drawn from the seed before it begins, so it can be cut."""

from typing import Final, NamedTuple

from .dice import dice_of

FAULTS_MAX: Final = 12
SPAN_MS: Final = 90_000
"""Faults begin within this time; after the last has ended everything must come to rest."""
LONG_MS_MAX: Final = 20_000
SKEW_MS_MAX: Final = 30_000


class Fault(NamedTuple):
    """One fault."""

    at_ms: int
    """Milliseconds after the beginning."""
    kind: str
    service: str
    number: int
    """Drawn: which worker, partition or record it is, as the kind takes it."""
    lasts_ms: int

    def __str__(self) -> str:
        return (
            f"{self.at_ms / 1000:7.3f}s {self.kind} {self.service} "
            f"#{self.number % 1000} for {self.lasts_ms / 1000:.1f}s"
        )


KINDS: Final = {
    "crash": 6, "pause": 4, "expel": 3, "rival": 2, "join": 3, "leave": 2,
    "store away": 3, "broker away": 2, "lost commit": 4, "lost publish": 4, "torn publish": 4,
    "duplicate": 4, "delay": 4, "restore": 2, "wipe": 1, "power cut": 3, "skew": 2, "poison": 3,
    "bug": 2, "lost tail": 0,
}  # fmt: skip
"""Kind → how often it is drawn, against the others."""


def plan(seed: int, services: tuple[str, ...]) -> tuple[Fault, ...]:
    """The faults of this seed, by time; one run in twenty has a broker that loses its tail."""
    dice = dice_of(seed, "faults")
    kinds, weights = list(KINDS), list(KINDS.values())
    count = dice.randint(0, FAULTS_MAX)
    drawn = dice.choices(kinds, weights, k=count)
    if dice.percent(5):
        drawn.append("lost tail")
    faults = [
        Fault(
            dice.randrange(SPAN_MS), kind, dice.choice(services), dice.randrange(1 << 30),
            dice.randint(50, LONG_MS_MAX),
        )
        for kind in drawn
    ]  # fmt: skip
    return tuple(sorted(faults))
