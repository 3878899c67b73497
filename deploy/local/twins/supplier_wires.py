"""How two suppliers speak: what a call says, whether it is signed, and how it is answered.

Written from their manuals alone, without a line of our adapters, so that each checks the other.
"""

import hashlib
import hmac
import json
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from .supplier_orders import Order, Outcome

SKEW_S_MAX = 300
PROCESSING = "processing"


class Asked(NamedTuple):
    """One call, understood."""

    on: str
    """submit or ask."""
    request_id: str
    product: str = ""
    quantity: int = 0
    account: dict[str, str] | None = None


class TurnedAway(Exception):
    """The call was not looked at."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome


def read_xinghe(
    secret: bytes, method: str, path: str, headers: Any, body: bytes, now_s: int
) -> Asked:
    """Raises TurnedAway."""
    time_s = headers.get("x-xh-time", "")
    text = "\n".join((time_s, path, hashlib.sha256(body).hexdigest()))
    _check(secret, text, headers.get("x-xh-sign", ""), time_s, now_s)
    if method == "GET":
        return Asked("ask", path.rpartition("/")[2])
    try:
        said = json.loads(body)
        account = {str(k): str(v) for k, v in said["account"].items()}
        return Asked(
            "submit",
            str(said["out_trade_no"]),
            str(said["product"]),
            int(said["quantity"]),
            account,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TurnedAway("missing_parameter") from None


XINGHE_CODES: dict[Outcome, str] = {
    "missing_parameter": "PARAM_MISSING", "bad_signature": "SIGN_ERROR",
    "no_such_order": "ORDER_NOT_FOUND", "duplicate_order": "ORDER_EXISTS",
    "wrong_quantity": "QUANTITY_ERROR", "out_of_stock": "STOCK_OUT",
    "product_maintenance": "PRODUCT_MAINTAIN", "wrong_account": "ACCOUNT_ERROR",
    "carrier_maintenance": "CARRIER_MAINTAIN", "failed": "RECHARGE_FAIL", "timed_out": "TIMEOUT",
}  # fmt: skip


def say_xinghe(outcome: Outcome, order: Order | None) -> dict[str, Any]:
    """The body of its answer."""
    if outcome == "done" and order:
        return {"status": "success", "code": "OK", "voucher": order.proof}
    if outcome == "unknown":
        return {"status": PROCESSING, "code": "OK"}
    status = "failed" if outcome == "failed" else "rejected"
    return {"status": status, "code": XINGHE_CODES[outcome]}


def read_jiuzhou(secret: bytes, body: bytes, now_s: int) -> Asked:
    """Raises TurnedAway."""
    try:
        said = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise TurnedAway("missing_parameter") from None
    names = sorted(name for name in said if name != "sign" and said[name])
    text = "&".join(f"{name}={said[name]}" for name in names)
    _check(secret, text, said.get("sign", ""), said.get("time", ""), now_s)
    try:
        if said["method"] == "query":
            return Asked("ask", said["serial"])
        account = {str(k): str(v) for k, v in json.loads(said["account"]).items()}
        return Asked("submit", said["serial"], said["goods"], int(said["count"]), account)
    except (ValueError, KeyError, AttributeError):
        raise TurnedAway("missing_parameter") from None


JIUZHOU_CODES: dict[Outcome, str] = {
    "missing_parameter": "1001", "bad_signature": "1002", "no_such_order": "1003",
    "duplicate_order": "1004", "wrong_quantity": "1005", "out_of_stock": "2001",
    "product_maintenance": "2002", "wrong_account": "2003", "carrier_maintenance": "2004",
    "timed_out": "9001",
}  # fmt: skip


def say_jiuzhou(outcome: Outcome, order: Order | None) -> dict[str, Any]:
    """The body of its answer."""
    if outcome == "done" and order:
        return {"ret": 0, "state": 1, "proof": order.proof}
    if outcome in {"unknown", "failed"}:
        return {"ret": 0, "state": 0 if outcome == "unknown" else 2}
    return {"ret": int(JIUZHOU_CODES[outcome])}


def _check(secret: bytes, text: str, sign: str, time_s: str, now_s: int) -> None:
    wanted = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    fresh = time_s.isascii() and time_s.isdigit() and abs(now_s - int(time_s)) <= SKEW_S_MAX
    if not secret or not fresh or not hmac.compare_digest(wanted.encode(), sign.encode()):
        raise TurnedAway("bad_signature")
