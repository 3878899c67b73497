"""What many units come to is said, however much it is: an order is refused after it is read."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from services.gateway.api.admin_holds import HoldShape
from services.gateway.api.admin_orders import RefundShape
from services.gateway.api.bespoke_shapes import Quote
from services.gateway.api.invoice_shapes import OrderInvoices
from services.gateway.api.shapes import (
    AMOUNT_MAX,
    LINES_MAX,
    QUANTITY_MAX,
    Order,
    OrderLine,
    Shape,
    Verdict,
)


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        (Order, "total"), (Order, "missing"), (Order, "refunded"), (Order, "discount"),
        (OrderLine, "discount"), (Verdict, "total"), (Verdict, "discount"), (Quote, "total"),
        (HoldShape, "amount"), (RefundShape, "amount"), (OrderInvoices, "left"),
    ],
)  # fmt: skip
def test_the_document_allows_the_most_that_an_order_can_come_to(
    shape: type[Shape], name: str
) -> None:
    """More than any one amount may be: such an answer was not what the document says."""
    most = {"amount": AMOUNT_MAX * QUANTITY_MAX * LINES_MAX, "currency": "CNY"}
    told: Any = shape.model_fields[name].annotation
    TypeAdapter(told).validate_python(most)
