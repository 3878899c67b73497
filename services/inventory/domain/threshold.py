"""When a SKU has run low: as a person has set it, else as the installation has it (F2)."""

from typing import Final

from msgspec.structs import replace

from shared.contracts.inventory import StockRanLow
from shared.contracts.message import Fact
from shared.contracts.thresholds import SetThreshold, ThresholdRefused, ThresholdSet
from shared.kernel.decider import States

from .queue import NOTHING, sku_key
from .state import Granted, Sku, State

THRESHOLD_MAX: Final = 1_000_000
"""Units."""

Event = ThresholdSet | ThresholdRefused


def keys(message: SetThreshold | Event) -> tuple[str, ...]:
    """The answer, and the SKU."""
    answer = f"granted/{message.request_id}"
    return (answer,) if isinstance(message, ThresholdRefused) else (answer, sku_key(message.sku))


def decide(states: States, command: SetThreshold) -> list[Fact]:
    """Each request is answered once; what is low by the new measure is said to be at once."""
    if f"granted/{command.request_id}" in states:
        return []
    if not 0 <= command.units <= THRESHOLD_MAX:
        return [
            ThresholdRefused(sku=command.sku, request_id=command.request_id, code="BAD_QUANTITY")
        ]
    sku = states.get(sku_key(command.sku), NOTHING)
    facts: list[Fact] = [ThresholdSet(**command.model_dump())]
    if isinstance(sku, Sku) and sku.received and sku.available <= command.units:
        low = StockRanLow(sku=command.sku, available=sku.available, threshold=command.units)
        facts.append(low)
    return facts


def after(key: str, state: State | None, fact: Event) -> State | None:
    """An aggregate after the fact: what was low by the old measure is judged by the new one."""
    if key.startswith("granted/"):
        return Granted()
    if isinstance(fact, ThresholdSet) and key == sku_key(fact.sku):
        sku = state if isinstance(state, Sku) else NOTHING
        return replace(sku, low_at=fact.units, low_until=None)
    return state


def threshold(sku: Sku, usual: int) -> int:
    """Units at or under which it has run low."""
    return usual if sku.low_at is None else sku.low_at
