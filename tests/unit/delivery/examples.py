"""One order of two lines: the words that the delivery tests are written in."""

from typing import Any, Final

from services.delivery.domain import (
    Deliver,
    Forget,
    Limits,
    Prepare,
    Reveal,
    Route,
    Routes,
    SupplierAnswered,
    Way,
)
from services.delivery.domain.topup import request_id as supplier_request_id
from shared.contracts.delivery import (
    CardDelivered,
    CardRevealed,
    DeliveryAwaited,
    DeliveryFailed,
    DeliveryForgotten,
    DeliveryPrepared,
    DeliveryUncertain,
    HarvestSuspected,
    ResolutionRefused,
    ResolveTopUp,
    RevealCard,
    RevealRefused,
    TopUpConfirmed,
    TopUpContradicted,
    TopUpQueried,
    TopUpRefused,
    TopUpResolved,
    TopUpSubmitted,
)
from shared.contracts.disputes import DeliverReplacement, ReplacementDelivered
from shared.contracts.inventory import Card
from shared.contracts.orders import Hold
from shared.kernel.decider import Elapsed
from shared.kernel.ids import derive

WHOSE: Final = {"order_id": "ord-1", "account_id": "acc-1"}
NOON_MS: Final = 1_800_000_000_000
HOUR_MS: Final = 3_600_000
QUANTITIES: Final = {1: 1, 2: 3}
"""By line."""
ROUTES: Final = Routes((Route("sku-4", ("alone",)), Route("sku-5", ()), Route("", ("a", "b"))))
WAY: Final = Way(NOON_MS, ROUTES)
LIMITS: Final = Limits()


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
    words = {**_line(line), "cards": cards(line), "units": None, "way": WAY}
    return Prepare(**{**words, **changes})


def prepared(line: int = 1, **changes: Any) -> DeliveryPrepared:
    return DeliveryPrepared(**{**_line(line), "cards": cards(line), **changes})


def deliver(*lines: int, **changes: Any) -> Deliver:
    return Deliver(**{**WHOSE, "lines": tuple(map(hold, lines)), "way": WAY, **changes})


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


# --- the same lines as top-ups: units in place of cards, a target, suppliers a and b


def sealed_target(line: int = 1) -> str:
    return f"v1.target-{line}"


def topup_hold(line: int = 1) -> Hold:
    return hold(line).model_copy(update={"target": sealed_target(line)})


def topup_prepare(line: int = 1, **changes: Any) -> Prepare:
    return prepare(line, **{"cards": (), "units": len(cards(line)), **changes})


def topup_prepared(line: int = 1) -> DeliveryPrepared:
    return prepared(line, cards=(), units=len(cards(line)))


def topup_deliver(*lines: int, **changes: Any) -> Deliver:
    return deliver(**{"lines": tuple(map(topup_hold, lines or (1,))), **changes})


def topup_awaited(*lines: int) -> DeliveryAwaited:
    return DeliveryAwaited(**WHOSE, lines=tuple(map(topup_hold, lines)))


def _about(line: int) -> dict[str, Any]:
    return {**WHOSE, "line": line, "reservation_id": f"res-{line}"}


def _at(line: int, supplier: str) -> dict[str, Any]:
    request = supplier_request_id(f"res-{line}", supplier)
    return {**_about(line), "supplier": supplier, "request_id": request}


def call_id(line: int, supplier: str, verb: str, number: int) -> str:
    return derive("call", supplier_request_id(f"res-{line}", supplier), verb, str(number))


def submitted(
    supplier: str = "a", line: int = 1, calls: int = 1, since_ms: int = NOON_MS
) -> TopUpSubmitted:
    others = {"a": ("b",)}.get(supplier, ())
    return TopUpSubmitted(
        **_at(line, supplier), sku=f"sku-{line}", quantity=len(cards(line)),
        target=sealed_target(line), others=others, call_id=call_id(line, supplier, "submit", calls),
        calls=calls, since_ms=since_ms,
    )  # fmt: skip


def uncertain(
    code: str, ask_ms: int | None, supplier: str = "a", asks: int = 0, again: Any = "ask"
) -> DeliveryUncertain:
    return DeliveryUncertain(**_at(1, supplier), code=code, asks=asks, ask_ms=ask_ms, again=again)


def queried(asks: int = 1, supplier: str = "a") -> TopUpQueried:
    call = call_id(1, supplier, "ask", asks)
    return TopUpQueried(**_at(1, supplier), call_id=call, asks=asks)


def refused(code: str, supplier: str = "a") -> TopUpRefused:
    return TopUpRefused(**_at(1, supplier), code=code)


def confirmed(receipt: str = "R-1", supplier: str = "a", line: int = 1) -> TopUpConfirmed:
    return TopUpConfirmed(
        **_at(line, supplier), sku=f"sku-{line}", quantity=len(cards(line)), receipt=receipt
    )


def topup_failed(code: Any, line: int = 1) -> DeliveryFailed:
    return DeliveryFailed(**WHOSE, lines=(topup_hold(line),), code=code)


def answer(
    code: Any, supplier: str = "a", verb: str = "submit", number: int = 1,
    now_ms: int = NOON_MS, receipt: str = "R-1",
) -> SupplierAnswered:  # fmt: skip
    return SupplierAnswered(
        **WHOSE, reservation_id="res-1", request_id=supplier_request_id("res-1", supplier),
        call_id=call_id(1, supplier, verb, number), code=code,
        receipt=receipt if code == "DONE" else "", now_ms=now_ms, limits=LIMITS,
    )  # fmt: skip


def elapsed(now_ms: int, reservation_id: str = "res-1") -> Elapsed:
    return Elapsed(f"topup/{reservation_id}", now_ms)


def resolve(outcome: Any = "failed", **changes: Any) -> ResolveTopUp:
    words: dict[str, Any] = {**WHOSE, "reservation_id": "res-1", "request_id": "person-1"}
    more = {"outcome": outcome, "by": "li", "reason": "asked the supplier by phone"}
    return ResolveTopUp(**{**words, **more, **changes})


def resolved(outcome: Any = "failed") -> TopUpResolved:
    more = {"outcome": outcome, "by": "li", "reason": "asked the supplier by phone"}
    return TopUpResolved(**_about(1), request_id="person-1", **more)


def resolution_refused(code: Any) -> ResolutionRefused:
    return ResolutionRefused(**WHOSE, reservation_id="res-1", request_id="person-1", code=code)


def contradicted(supplier: str = "a", receipt: str = "R-1") -> TopUpContradicted:
    request = supplier_request_id("res-1", supplier)
    return TopUpContradicted(**_about(1), request_id=request, receipt=receipt)


def harvest(reveals: int) -> HarvestSuspected:
    return HarvestSuspected(**WHOSE, reveals=reveals, hour=NOON_MS // HOUR_MS)


def _spare(line: int) -> dict[str, Any]:
    card = Card(card_id=f"spare-{line}", sealed="v1.spare")
    words = {**WHOSE, "line": line, "reservation_id": f"again-{line}", "sku": f"sku-{line}"}
    return {**words, "cards": (card,)}


def replace(line: int, **changes: Any) -> DeliverReplacement:
    return DeliverReplacement(**{**_spare(line), **changes})


def replaced(line: int, **changes: Any) -> ReplacementDelivered:
    return ReplacementDelivered(**{**_spare(line), **changes})
