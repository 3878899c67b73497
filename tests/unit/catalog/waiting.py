"""Waitlists: more words of the catalogue tests."""

from typing import Any, Final

from services.catalog.domain import Restocked
from shared.contracts.waitlist import (
    JoinWaitlist,
    LeaveWaitlist,
    Waiter,
    WaitersTold,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistRefused,
)

SKU: Final = "jcard-100"


def join(who: int = 1, **changes: Any) -> JoinWaitlist:
    words: Any = {"sku": SKU, "product_id": "jcard", "account_id": f"acc-{who}"}
    return JoinWaitlist(**{**words, "subscription_id": f"sub-{who}", **changes})


def joined(who: int = 1, **changes: Any) -> WaitlistJoined:
    return WaitlistJoined(**join(who, **changes).model_dump())


def leave(who: int = 1, **changes: Any) -> LeaveWaitlist:
    words: Any = {"sku": SKU, "account_id": f"acc-{who}", "subscription_id": f"sub-{who}"}
    return LeaveWaitlist(**{**words, "request_id": f"bye-{who}", **changes})


def left(who: int = 1) -> WaitlistLeft:
    return WaitlistLeft(**leave(who).model_dump())


def come(name: str = "card-1", units: int = 1) -> Restocked:
    return Restocked(SKU, name, units)


def told(*who: int, name: str = "card-1", by_sms: tuple[int, ...] = ()) -> WaitersTold:
    subscriptions = tuple(f"sub-{n}" for n in who)
    texts = tuple(waiter(n) for n in by_sms) or None
    return WaitersTold(sku=SKU, restock_id=name, subscriptions=subscriptions, by_sms=texts)


def waiter(who: int) -> Waiter:
    return Waiter(subscription_id=f"sub-{who}", account_id=f"acc-{who}", sealed=f"b1.{who}")


def refused(code: Any, request_id: str, who: int = 1) -> WaitlistRefused:
    return WaitlistRefused(sku=SKU, account_id=f"acc-{who}", request_id=request_id, code=code)


FACTS: Final[list[Any]] = [joined(), left(), told(1), refused("FULL", "sub-1")]
COMMANDS: Final[list[Any]] = [join(), leave()]
