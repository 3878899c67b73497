"""Who completed an order line says how it was, once; everybody reads it (A7)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from shared.contracts.reviews import ReviewLine

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .heard import heard
from .once import once, request_id_of
from .orders import LAST, own_order
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .products import product_of, public
from .review_shapes import (
    NewReview,
    OwnReviews,
    Reviewing,
    Reviews,
    own,
    rating_json,
    sealed,
    told,
)
from .routes import Route

NO_REVIEW: Final = "REVIEW_"
"""What a refusal by orders or the catalogue is called on the wire begins with."""


async def write(request: Request) -> Response:
    """Say how a line of a completed order was; orders knows whether it may be said."""
    asking = await customer(request)
    doc = await own_order(request, asking)
    number = request.path_params["line"]
    line = next((each for each in doc.lines if str(each.line) == number), None)
    if line is None:
        raise Problem("NOT_FOUND")
    new = await read_body(NewReview, request)
    request_id = request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(request_id))
    command = ReviewLine(
        order_id=doc.order_id,
        account_id=asking.name,
        request_id=request_id,
        line=line.line,
        product_id=line.product_id,
        rating=new.rating,
        sealed_text=sealed(door_of(request), doc.order_id, line.line, new.text.strip()),
    )
    where = f"/v1/orders/{doc.order_id}/reviews"
    body = {"order_id": doc.order_id, "line": line.line}
    return await heard(request, command, request_id, NO_REVIEW, body, where)


async def read_of_order(request: Request) -> Response:
    """What the buyer has said of this order's lines."""
    asking = await customer(request)
    doc, door = await own_order(request, asking), door_of(request)
    rows = await door.reviews.of_order(doc.order_id, asking.name)
    return json_answer({"items": [own(door, row) for row in rows], "next_cursor": None})


async def read_many(request: Request) -> Response:
    """A product's reviews, the newest first, and what all of them come to."""
    product, limit, door = product_of(request), limit_of(request), door_of(request)
    before = cursor_of(request, tuple[int, str]) or LAST
    rows = await door.reviews.of_product(product.product_id, before, limit + 1)
    ratings = await door.reviews.ratings([product.product_id])
    items = [told(door, row, speaks(request)) for row in rows]
    found = page(items, [(row.posted_ms, row.review_id) for row in rows], limit)
    return public({**found, "rating": rating_json(ratings.get(product.product_id))})


ROUTES: Final = (
    Route("POST", "/v1/orders/{order_id}/lines/{line}/review", write, "评价 · Review a line",
          "customer", NewReview, Reviewing, 202, once=True),
    Route("GET", "/v1/orders/{order_id}/reviews", read_of_order,
          "订单评价 · Reviews of an order", "customer", answer=OwnReviews),
    Route("GET", "/v1/products/{product_id}/reviews", read_many, "商品评价 · Product reviews",
          "anyone", answer=Reviews, query=("limit", "cursor")),
)  # fmt: skip
