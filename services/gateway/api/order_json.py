"""An order as its buyer reads it: shapes.Order, in the reader's language."""

from typing import Any

from services.gateway.projections.order import PAYABLE, ErrorDoc, LineDoc, OrderDoc
from services.gateway.projections.order_ends import BY_STAFF
from shared.contracts.envelope import rfc3339

from .dispute_shapes import on_order
from .messages import Language, messages


def order_json(doc: OrderDoc, language: Language) -> dict[str, Any]:
    """The order; fields without a value are left out."""
    currency = doc.currency
    found: dict[str, Any] = {
        "order_id": doc.order_id,
        "state": doc.state,
        "label": label(doc.state, language),
        "lines": [_line(line, doc, language) for line in doc.lines],
        "total": money(doc.total, currency),
        "pay_with": doc.pay_with,
        "placed_at": rfc3339(doc.placed_ms),
    }
    if doc.declined:
        found["declined"] = doc.declined
        found["missing"] = money(doc.missing, currency)
    if doc.pay_url and doc.state == PAYABLE:
        found["pay_url"] = doc.pay_url
    if doc.coupon:
        found["coupon"] = doc.coupon
        found["discount"] = money(doc.discount, currency)
    if doc.refunded:
        found["refunded"] = money(doc.refunded, currency)
    if doc.deadline_ms:
        found["deadline_at"] = rfc3339(doc.deadline_ms)
    if doc.code:
        found["code"] = doc.code
    if code := doc.code or doc.declined:
        found["detail"] = _why(doc, code, language)
    if doc.errors:
        found["errors"] = [_error(error, currency, language) for error in doc.errors]
    return found


def money(amount: int, currency: str) -> dict[str, Any]:
    """Minor units and their currency."""
    return {"amount": amount, "currency": currency}


def label(state: str, language: Language) -> str:
    """A state in words."""
    text = messages().states.get(state)
    return text.told(language) if text else state


def sentence(code: str, language: Language) -> str:
    """A code in words; the code itself where there are none."""
    message = messages().problems.get(code)
    return message.text.told(language) if message else code


def _why(doc: OrderDoc, code: str, language: Language) -> str:
    """The code in words, or what one of our people says."""
    if code == BY_STAFF:
        return messages().texts["cancelled_by_staff"].told(language).format(reason=doc.reason)
    return sentence(code, language)


def _line(line: LineDoc, doc: OrderDoc, language: Language) -> dict[str, Any]:
    state = line_state(line, doc)
    found: dict[str, Any] = {
        "line": line.line,
        "sku": line.sku,
        "product_id": line.product_id,
        "name": f"{line.product_name} {line.sku_name}".strip(),
        "kind": line.kind,
        "shape": line.shape or "code",
        "quantity": line.quantity,
        "unit_price": money(line.unit_price, doc.currency),
        "base_price": money(line.base_price, doc.currency),
        "state": state,
        "label": label(state, language),
    }
    if line.promotion:
        found["promotion"] = line.promotion
    if line.discount:
        found["discount"] = money(line.discount, doc.currency)
    if line.code:
        found["code"] = line.code
    if line.dispute:
        found["dispute"] = on_order(line.dispute, language)
    return found


def line_state(line: LineDoc, doc: OrderDoc) -> str:
    """A line's own state counts while its order is on the way; refused or given back it stays."""
    if line.state in {"refused", "failed", "refunding", "refunded"}:
        return line.state
    return "delivered" if line.state == "delivered" and doc.state == "processing" else doc.state


def _error(error: ErrorDoc, currency: str, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        "pointer": f"/lines/{error.line - 1}" if error.line else "",
        "code": error.code,
        "detail": sentence(error.code, language),
    }
    if error.unit_price is not None:
        found["unit_price"] = money(error.unit_price, currency)
    if error.limit is not None:
        found["limit"] = error.limit
    return found
