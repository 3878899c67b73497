"""How much and how long a worker does at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much and how long; every one of them can be read in a log line."""

    poll_records_max: int = 2_000
    poll_wait_ms: int = 100
    due_every_ms: int = 200
    due_keys_max: int = 1_000
    halt_look_ms: int = 1_000
    pause_ms_min: int = 50
    pause_ms_max: int = 1_000
    advise_every_ms: int = 1_000
    """How often Kafka is told how far, and the store asked whether the rows are still as left."""
    claim_ms: int = 3_000
    """From asking for a shard's row to sending what it says. Nobody else has the shard before the
    session has ended, so it is shorter than that by what may pass between two heartbeats."""
    unwritten_records_max: int = 5_000
    """Records passed over without a change that a restart may have to read again."""
