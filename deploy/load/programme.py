"""Everything that `kameng chaos` lets happen, in its order."""

from typing import Final

from deploy.local.units import UNITS

from .cuts import cut
from .faults import (
    SERVERS,
    WORKERS,
    Fault,
    everything_at_once,
    kill,
    restart,
    scale,
    storm,
    zombie,
)
from .full_disk import full_disk

UNIT_NAMES: Final = tuple(unit.name for unit in UNITS)
COUNTS: Final = (4, 1)
STORM_S: Final = 60.0
NOTHING_BYTES: Final = 0
TABLES_BYTES: Final = 16 << 20
"""A segment of the write-ahead log still fits; a table beyond it does not grow."""
FULL_S: Final = 6.0


def every_fault(seed: int) -> dict[str, Fault]:
    """By name; ``seed`` says whom the storm hits."""
    everybody = (*(f"{unit}-1" for unit in UNIT_NAMES), *SERVERS)
    return (
        {f"kill -9 {name}": kill(name) for name in everybody}
        | {"kill -9 every service at once": everything_at_once()}
        | {f"zombie {unit}": zombie(unit) for unit in WORKERS}
        | {f"scale {unit} 1 4 1": scale(unit, COUNTS) for unit in UNIT_NAMES}
        | {f"network of orders {way}": cut("orders", way) for way in ("stalled", "dropped")}
        | {f"network of inventory {way}": cut("inventory", way) for way in ("stalled", "dropped")}
        | {"network of payments stalled": cut("payments", "stalled")}
        | {"disk full for tables": full_disk(TABLES_BYTES, FULL_S)}
        | {"disk full for everything": full_disk(NOTHING_BYTES, FULL_S)}
        | {f"rolling restart {name}": restart(name) for name in everybody}
        | {f"kill -9 at random every 2 s, seed {seed}": storm(seed, STORM_S)}
    )
