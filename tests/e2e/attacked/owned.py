"""What somebody owns at the door, by the name that stands for it in a path, and how it is made.

A name that is new in a customer's path is a line in OWNED (or, if everybody may read it, in
PUBLIC); an operation that wants a body before it looks whose the thing is has one in BODIES.
"""

from typing import Any, Final, NamedTuple

from tests.e2e.shop import until

from .people import Cast

OWNER: Final = "ann"
SKU: Final = "steam-50"
FUNDS: Final = {"amount": {"amount": 5_000, "currency": "CNY"}, "pay_with": "yunfu"}
INVOICE: Final = {"kind": "personal", "title": "安", "email": "ann@example.com"}
HOOK: Final = "the receiver of the local system"
NUMBER: Final = {"number": "13800138000"}
REFUND: Final = {"line": 1, "wants": "refund", "text": "卡密无效"}


class Made(NamedTuple):
    """Asked for there with this body, it is named so in the answer; without one it is listed."""

    path: str
    body: dict[str, Any]
    field: str
    method: str = "POST"


OWNED: Final[dict[str, Made | str]] = {
    "order_id": Made("/v1/orders", {"lines": [], "pay_with": "wallet"}, "order_id"),
    "line": "1",
    "batch_id": Made("/v1/batches", {"lines": []}, "batch_id"),
    "deposit_id": Made("/v1/wallet/deposits", FUNDS, "deposit_id"),
    "dispute_id": Made("/v1/orders/{order_id}/disputes", REFUND, "dispute_id"),
    "thread_id": Made("/v1/support", {"text": "帮帮我"}, "thread_id"),
    "request_id": Made("/v1/requests", {"text": "要一张别处没有的卡"}, "request_id"),
    "key_id": Made("/v1/api-keys", {"name": "ann's"}, "key"),
    "name": Made("/v1/webhooks/anns", {"url": HOOK}, "name", "PUT"),
    "message_id": "msg-1",
    "target_id": Made("/v1/targets", {"name": "安", "fields": NUMBER}, "target_id"),
    "subscription_id": "sub-1",
    "session_id": Made("/v1/auth/sessions", {}, "session_id"),
}
PUBLIC: Final = {"product_id"}
NAMED_BY_EACH: Final = {"PUT /v1/webhooks/{name}"}
"""Makes something of one's own under the same name."""
BODIES: Final[dict[str, Any]] = {
    "POST /v1/orders/{order_id}/verify": {"code": "123456"},
    "POST /v1/orders/{order_id}/pay": {"pay_with": "yunfu"},
    "POST /v1/orders/{order_id}/disputes": REFUND,
    "POST /v1/orders/{order_id}/disputes/{dispute_id}/evidence": {"text": "证据"},
    "POST /v1/orders/{order_id}/disputes/{dispute_id}/choice": {"wants": "refund"},
    "POST /v1/orders/{order_id}/invoice": INVOICE,
    "POST /v1/requests/{request_id}/accept": {"unit_price": FUNDS["amount"], "quantity": 1},
    "POST /v1/support/{thread_id}/messages": {"text": "我也要"},
    "POST /v1/support/{thread_id}/read": {"number": 1},
    "POST /v1/orders/{order_id}/lines/{line}/review": {"rating": 5, "text": "很好"},
    "POST /v1/targets/{target_id}/name": {"name": "鲍"},
}
POINTING: Final[dict[str, Any]] = {
    "POST /v1/support": {"text": "这是我的订单", "order_id": "{order_id}"},
}
"""Operations whose body, not path, may name what is somebody else's."""


def belongings(cast: Cast, who: str) -> dict[str, str]:
    """One of each that this person owns by now, by name."""
    found: dict[str, str] = {}
    for name, made in OWNED.items():
        found[name] = made if isinstance(made, str) else _made(cast, who, made, found)
    return found


def _made(cast: Cast, who: str, made: Made, found: dict[str, str]) -> str:
    if not made.body:  # it is there already: the newest of a list
        return str(cast.told(who, "GET", made.path)["items"][0][made.field])
    body = {**made.body}
    if body.get("url") == HOOK:
        body["url"] = f"{cast.run['twins']['webhook']}/hook/{who}"
    if "lines" in body:
        body["lines"] = [{"sku": SKU, "quantity": 1, "unit_price": cast.price(SKU)}]
    named = str(cast.told(who, made.method, made.path.format(**found), body)[made.field])
    if made.field == "order_id":
        until(lambda: cast.told(who, "GET", f"{made.path}/{named}")["state"] == "delivered")
    return named
