"""One SKU, its cards, one reservation: the words that the inventory tests are written in."""

from typing import Any, Final

from services.inventory.domain import Limits, Reserve
from shared.contracts.inventory import (
    Card,
    CardClaimed,
    CardRecalled,
    CardRefused,
    CardWithdrawn,
    ClaimCard,
    CommitRefused,
    CommitStock,
    GrantQuota,
    QuotaGranted,
    QuotaRefused,
    RecallCard,
    RecallRefused,
    ReceiveStock,
    ReleaseStock,
    ReserveStock,
    SoldOut,
    StockCommitted,
    StockRanLow,
    StockReceived,
    StockRefused,
    StockReleased,
    StockReserved,
)
from shared.contracts.quarantine import (
    CardCondemned,
    CardQuarantined,
    LiftQuarantine,
    QuarantineCard,
    QuarantineLifted,
    QuarantineRefused,
)
from shared.contracts.returning import QuotaRestored, RestoreQuota, RestoreRefused
from shared.contracts.thresholds import SetThreshold, ThresholdRefused, ThresholdSet

SKU: Final = "jcard-100"
WHOSE: Final = {"order_id": "ord-1", "account_id": "acc-1"}


def card(number: int) -> Card:
    return Card(card_id=f"card-{number}", sealed=f"v1.sealed-{number}")


def cards(first: int, count: int) -> tuple[Card, ...]:
    return tuple(card(number) for number in range(first, first + count))


def _line(number: int, **changes: Any) -> dict[str, Any]:
    words = {**card(number).model_dump(), "sku": SKU, "import_id": "imp-1", "line": number + 1}
    return {**words, **changes}


def claim(number: int = 0, **changes: Any) -> ClaimCard:
    return ClaimCard(**_line(number, **changes))


def claimed(number: int = 0, **changes: Any) -> CardClaimed:
    return CardClaimed(**_line(number, **changes))


def card_refused(number: int = 0, **changes: Any) -> CardRefused:
    words = _line(number, **changes)
    del words["sealed"]
    return CardRefused(**words, code="DUPLICATE_CARD")


def receive(number: int = 0, **changes: Any) -> ReceiveStock:
    return ReceiveStock(**_line(number, **changes))


def received(number: int = 0, index: int | None = None, **changes: Any) -> StockReceived:
    return StockReceived(**_line(number, **changes), index=number if index is None else index)


def stocked(count: int, sku: str = SKU) -> list[StockReceived]:
    """The first ``count`` cards, in the queue's first places."""
    return [received(number, sku=sku) for number in range(count)]


def asked(quantity: int = 1, reservation_id: str = "res-1", **changes: Any) -> ReserveStock:
    words = {**WHOSE, "reservation_id": reservation_id, "sku": SKU, "line": 1}
    return ReserveStock(**{**words, "quantity": quantity, **changes})


def reserve(quantity: int = 1, reservation_id: str = "res-1", **changes: Any) -> Reserve:
    return Reserve(asked(quantity, reservation_id, **changes), Limits())


def reserved(
    first: int, count: int = 1, reservation_id: str = "res-1", **changes: Any
) -> StockReserved:
    """Cards that stand where they first joined."""
    words = {**WHOSE, "reservation_id": reservation_id, "sku": SKU, "line": 1}
    taken = {"cards": cards(first, count), "index": first}
    return StockReserved(**{**words, **taken, **changes})


def refused(available: int, code: Any = "INSUFFICIENT_STOCK", **changes: Any) -> StockRefused:
    words = {**WHOSE, "reservation_id": "res-1", "sku": SKU, "line": 1}
    return StockRefused(**{**words, "code": code, "available": available, **changes})


def release(reservation_id: str = "res-1", **changes: Any) -> ReleaseStock:
    return ReleaseStock(**{**WHOSE, "reservation_id": reservation_id, "sku": SKU, **changes})


def released(
    back: tuple[Card, ...], index: int, reservation_id: str = "res-1", **changes: Any
) -> StockReleased:
    words = {**WHOSE, "reservation_id": reservation_id, "sku": SKU}
    return StockReleased(**{**words, "cards": back, "index": index, **changes})


def commit(reservation_id: str = "res-1", **changes: Any) -> CommitStock:
    return CommitStock(**{**WHOSE, "reservation_id": reservation_id, "sku": SKU, **changes})


def committed(quantity: int = 1, reservation_id: str = "res-1") -> StockCommitted:
    return StockCommitted(**WHOSE, reservation_id=reservation_id, sku=SKU, quantity=quantity)


def commit_refused(code: Any, reservation_id: str = "res-1") -> CommitRefused:
    return CommitRefused(**WHOSE, reservation_id=reservation_id, sku=SKU, code=code)


def give_back(reservation_id: str = "res-1", **changes: Any) -> RestoreQuota:
    return RestoreQuota(**{"reservation_id": reservation_id, "sku": SKU, **WHOSE, **changes})


def units_returned(units: int = 2, reservation_id: str = "res-1") -> QuotaRestored:
    return QuotaRestored(reservation_id=reservation_id, sku=SKU, units=units, **WHOSE)


def return_refused(reservation_id: str = "res-1") -> RestoreRefused:
    return RestoreRefused(reservation_id=reservation_id, sku=SKU, code="NOT_SOLD", **WHOSE)


def ran_low(available: int, threshold: int = 10) -> StockRanLow:
    return StockRanLow(sku=SKU, available=available, threshold=threshold)


def sold_out() -> SoldOut:
    return SoldOut(sku=SKU)


def grant(units: int = 5, request_id: str = "grant-1", sku: str = SKU) -> GrantQuota:
    return GrantQuota(sku=sku, request_id=request_id, units=units, by="li", reason="prepaid")


def granted(units: int = 5, request_id: str = "grant-1", sku: str = SKU) -> QuotaGranted:
    return QuotaGranted(sku=sku, request_id=request_id, units=units, by="li", reason="prepaid")


def quota_refused(request_id: str = "grant-1") -> QuotaRefused:
    return QuotaRefused(sku=SKU, request_id=request_id, code="BAD_QUANTITY")


def units_held(
    units: int, reservation_id: str = "res-1", index: int = 0, **changes: Any
) -> StockReserved:
    held: dict[str, Any] = {"cards": (), "index": index, "units": units}
    return reserved(0, reservation_id=reservation_id, **{**held, **changes})


def _recall(number: int, **changes: Any) -> dict[str, Any]:
    words = {"card_id": card(number).card_id, "sku": SKU, "request_id": "bad-1"}
    return {**words, **changes}


def recall(number: int = 0, **changes: Any) -> RecallCard:
    return RecallCard(**{**_recall(number), "by": "li", "reason": "a bad batch", **changes})


def withdrawn(number: int, index: int, head: int = 0, moved: int | None = None) -> CardWithdrawn:
    more: dict[str, Any] = {"index": index, "head": head, "by": "li", "reason": "a bad batch"}
    card_moved = None if moved is None else card(moved)
    return CardWithdrawn(**_recall(number), **more, moved=card_moved)


def recalled(number: int = 0, **changes: Any) -> CardRecalled:
    words = {**_recall(number), **WHOSE, "line": 1, "by": "li", "reason": "a bad batch"}
    return CardRecalled(**{**words, **changes})


def recall_refused(number: int = 0) -> RecallRefused:
    return RecallRefused(**_recall(number), code="UNKNOWN_CARD")


WHO: Final = {"by": "li", "reason": "maybe bad"}


def set_aside(number: int = 0, **changes: Any) -> QuarantineCard:
    return QuarantineCard(**_recall(number, **{**WHO, "request_id": "aside-1", **changes}))


def aside(number: int, index: int, head: int = 0, moved: int | None = None) -> CardQuarantined:
    words = _recall(number, request_id="aside-1", sealed=card(number).sealed, **WHO)
    there = card(moved) if moved is not None else None
    return CardQuarantined(**words, index=index, head=head, moved=there)


def lift(number: int = 0, **changes: Any) -> LiftQuarantine:
    return LiftQuarantine(**_recall(number, **{**WHO, "request_id": "good-1", **changes}))


def lifted(number: int, index: int) -> QuarantineLifted:
    words = _recall(number, request_id="good-1", sealed=card(number).sealed, **WHO)
    return QuarantineLifted(**words, index=index)


def condemned(number: int = 0) -> CardCondemned:
    return CardCondemned(**recall(number).model_dump())


def aside_refused(code: Any, number: int = 0, request_id: str = "aside-1") -> QuarantineRefused:
    return QuarantineRefused(**_recall(number, request_id=request_id), code=code)


def set_threshold(units: int = 20, request_id: str = "low-1", **changes: Any) -> SetThreshold:
    words: Any = {"sku": SKU, "by": "wang", "reason": "it sells fast"}
    return SetThreshold(**{**words, "units": units, "request_id": request_id, **changes})


def threshold_set(units: int = 20, request_id: str = "low-1") -> ThresholdSet:
    return ThresholdSet(**set_threshold(units, request_id).model_dump())


def threshold_refused(request_id: str = "low-1") -> ThresholdRefused:
    return ThresholdRefused(sku=SKU, request_id=request_id, code="BAD_QUANTITY")
