"""Aggregates as bytes, and a draft as what the store is to write."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from . import ledger as ledgers
from . import outbox as outboxes
from .draft import Draft
from .outbox import Outbox
from .ports import Change, Write
from .service import Service

KEY_ROUNDS_MAX: Final = 8
"""How often keys() may point at further aggregates for one input."""


class Codec:
    """msgpack of the service's state union."""

    rounds_max: Final = KEY_ROUNDS_MAX

    def __init__(self, service: Service) -> None:
        self.encode = msgspec.msgpack.Encoder().encode
        self.decode = msgspec.msgpack.Decoder(service.state).decode

    def states(self, found: Mapping[str, bytes]) -> dict[str, Any]:
        """The aggregates in these rows."""
        return {key: self.decode(data) for key, data in found.items()}

    def write(self, draft: Draft, box: Outbox) -> Write:
        """The shard's part of a turn."""
        ledger = draft.ledger
        changes = [self._change(draft, key) for key in draft.changed]
        return Write(
            draft.shard, ledger.turn, ledgers.encode(ledger), outboxes.encode(box), changes
        )

    def _change(self, draft: Draft, key: str) -> Change:
        state = draft.states.get(key)
        if state is None:
            return Change(key, None, None, False)
        effect = draft.effect(key) is not None
        return Change(key, self.encode(state), draft.due(key), effect)
