"""Buyers ask for an invoice of what they paid, and see what became of it (E5)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from services.gateway.projections.order import OrderDoc
from shared.contracts.invoices import RequestInvoice

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .heard import heard
from .invoice_shapes import Invoices, Invoicing, NewInvoice, OrderInvoices, sealed, told
from .once import once, request_id_of
from .order_json import money
from .orders import LAST, own_order
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .routes import Route

NO_INVOICE: Final = "INVOICE_"
"""What a refusal by orders is called on the wire begins with."""
PAID: Final = frozenset({"processing", "delivered", "completed"})


async def ask_for_one(request: Request) -> Response:
    """Ask for an invoice, once the order is paid."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    new = await read_body(NewInvoice, request)
    if not new.fits:
        error = {"pointer": "/tax_number", "code": "BAD_TAX_NUMBER", "detail": "GB 32100-2015"}
        raise Problem("INVOICE_BAD_TAX_NUMBER", errors=[error])
    invoice_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(invoice_id))
    command = RequestInvoice(
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=invoice_id,
        amount=new.amount,
        currency=doc.currency,
        sealed_details=sealed(door_of(request), doc.order_id, new),
    )
    body = {"invoice_id": invoice_id, "order_id": doc.order_id}
    where = f"/v1/orders/{doc.order_id}/invoice"
    return await heard(request, command, invoice_id, NO_INVOICE, body, where)


async def read_of_order(request: Request) -> Response:
    """The order's invoices, and what one more could be of."""
    asking = await customer(request)
    doc, door, language = await own_order(request, asking), door_of(request), speaks(request)
    rows = await door.invoices.of_order(doc.order_id, asking.name)
    left = _paid(doc) - await door.invoices.taken(doc.order_id)
    items = [told(row, language, door) for row in rows]
    return json_answer({"items": items, "left": money(max(left, 0), doc.currency)})


async def read_many(request: Request) -> Response:
    """The account's invoices, the newest first."""
    asking, limit = await customer(request), limit_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    door, language = door_of(request), speaks(request)
    rows = await door.invoices.of_account(asking.name, before, limit + 1)
    items = [told(row, language, door) for row in rows]
    return json_answer(page(items, [(row.asked_ms, row.invoice_id) for row in rows], limit))


def _paid(doc: OrderDoc) -> int:
    """Minor units that were paid, and have not all gone back."""
    return doc.total if doc.state in PAID else 0


ROUTES: Final = (
    Route("POST", "/v1/orders/{order_id}/invoice", ask_for_one, "申请发票 · Ask for an invoice",
          "customer", NewInvoice, Invoicing, 202, once=True),
    Route("GET", "/v1/orders/{order_id}/invoice", read_of_order, "订单发票 · An order's invoices",
          "customer", answer=OrderInvoices),
    Route("GET", "/v1/invoices", read_many, "我的发票 · Invoices", "customer", answer=Invoices,
          query=("limit", "cursor")),
)  # fmt: skip
