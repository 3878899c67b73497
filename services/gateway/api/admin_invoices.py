"""Finance issues invoices, rejects them and voids them, in its own name (E5)."""

from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from shared.contracts.invoices import DecideInvoice

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .heard import heard
from .invoice_shapes import Invoices, Invoicing, NewRuling, State, to_shop
from .invoices import NO_INVOICE
from .once import once, request_id_of
from .pages import cursor_of, limit_of, page, state_of
from .problems import Problem, speaks
from .routes import Route

FIRST: Final = (0, "")
STATES: Final = get_args(State)


async def read_many(request: Request) -> Response:
    """Invoices in a state, the oldest first; whom they are for is shown to finance alone."""
    asking = await operator("finance", "auditor")(request)
    limit, after = limit_of(request), cursor_of(request, tuple[int, str]) or FIRST
    state = state_of(request, STATES)
    door, language = door_of(request), speaks(request)
    rows = await door.invoices.in_state(state, after, limit + 1)
    opens = None if asking.role == "auditor" else door
    items = [to_shop(row, language, opens) for row in rows]
    return json_answer(page(items, [(row.asked_ms, row.invoice_id) for row in rows], limit))


async def decide(request: Request) -> Response:
    """Issue, reject or void one. Of two people who decide the first counts."""
    asking = await operator("finance")(request)
    row = await door_of(request).invoices.one(request.path_params["invoice_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    new, request_id = await read_body(NewRuling, request), request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(row.invoice_id))
    command = DecideInvoice(
        order_id=row.order_id,
        account_id=row.account_id,
        request_id=request_id,
        invoice_id=row.invoice_id,
        outcome=new.outcome,
        number=new.number or "",
        by=asking.name,
        reason=new.reason,
    )
    body = {"invoice_id": row.invoice_id, "order_id": row.order_id}
    return await heard(request, command, request_id, NO_INVOICE, body, "/v1/admin/invoices")


ROUTES: Final = (
    Route("GET", "/v1/admin/invoices", read_many, "发票列表 · Invoices", "operator",
          answer=Invoices, query=("state", "limit", "cursor")),
    Route("POST", "/v1/admin/invoices/{invoice_id}/decide", decide, "处理发票 · Decide an invoice",
          "operator", NewRuling, Invoicing, 202, once=True),
)  # fmt: skip
