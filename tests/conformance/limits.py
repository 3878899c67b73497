"""How large a rig is, and how long a test waits."""

from typing import Final

from shared.shards.limits import Limits

PARTITIONS: Final = 4
WAIT_S_MAX: Final = 30.0
POLL_S: Final = 0.005
LIMITS: Final = Limits(
    poll_wait_ms=10, due_every_ms=10, halt_look_ms=20, pause_ms_min=5, pause_ms_max=40
)
