"""One order of two lines: the words that the delivery tests are written in."""

from typing import Any, Final

from services.delivery.domain import Deliver, Forget, Limits, Prepare, Reveal
from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryForgotten,
    DeliveryPrepared,
    RevealCard,
    RevealRefused,
)
from shared.contracts.inventory import Card
from shared.contracts.orders import Hold

WHOSE: Final = {"order_id": "ord-1", "account_id": "acc-1"}
NOON_MS: Final = 1_800_000_000_000
HOUR_MS: Final = 3_600_000
QUANTITIES: Final = {1: 1, 2: 3}
"""By line."""


def cards(line: int) -> tuple[Card, ...]:
    return tuple(
        Card(card_id=f"card-{line}-{number}", sealed=f"v1.sealed-{line}-{number}")
        for number in range(QUANTITIES.get(line, 1))
    )


def ids(line: int) -> tuple[str, ...]:
    return tuple(card.card_id for card in cards(line))


def hold(line: int, reservation_id: str | None = None) -> Hold:
    return Hold(
        line=line,
        sku=f"sku-{line}",
        quantity=len(cards(line)),
        reservation_id=reservation_id or f"res-{line}",
    )


def _line(line: int, **changes: Any) -> dict[str, Any]:
    words = {**WHOSE, "line": line, "sku": f"sku-{line}", "reservation_id": f"res-{line}"}
    return {**words, **changes}


def prepare(line: int = 1, **changes: Any) -> Prepare:
    return Prepare(**{**_line(line), "cards": cards(line), **changes})


def prepared(line: int = 1, **changes: Any) -> DeliveryPrepared:
    return DeliveryPrepared(**{**_line(line), "cards": cards(line), **changes})


def deliver(*lines: int, **changes: Any) -> Deliver:
    return Deliver(**{**WHOSE, "lines": tuple(map(hold, lines)), **changes})


def delivered(line: int = 1, **changes: Any) -> CardDelivered:
    return CardDelivered(**{**_line(line), "card_ids": ids(line), **changes})


def awaited(*lines: int) -> DeliveryAwaited:
    return DeliveryAwaited(**WHOSE, lines=tuple(map(hold, lines)))


def forget(*lines: int) -> Forget:
    return Forget(**WHOSE, reservation_ids=tuple(f"res-{line}" for line in lines))


def forgotten(*lines: int) -> DeliveryForgotten:
    """``lines`` are those that had been prepared."""
    return DeliveryForgotten(**WHOSE, reservation_ids=tuple(f"res-{line}" for line in lines))


def failed(*lines: int) -> DeliveryFailed:
    return DeliveryFailed(**WHOSE, lines=tuple(map(hold, lines)), code="ORDER_ENDED")


def _asked(line: int, **changes: Any) -> dict[str, Any]:
    return {**WHOSE, "line": line, "request_id": "req-1", **changes}


def reveal(line: int = 1, now_ms: int = NOON_MS, **changes: Any) -> Reveal:
    return Reveal(RevealCard(**_asked(line, **changes)), now_ms, Limits())


def revealed(line: int = 1, revealed_ms: int = NOON_MS, **changes: Any) -> CardRevealed:
    words = _asked(line, **changes)
    return CardRevealed(**{"card_ids": ids(line), **words}, revealed_ms=revealed_ms)


def reveal_refused(code: Any, line: int = 1, **changes: Any) -> RevealRefused:
    return RevealRefused(**_asked(line, **changes), code=code)
