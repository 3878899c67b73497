"""Support hides a review or shows it again, in its own name, with a reason (A7)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.requests import Answer
from shared.contracts.reviews import JudgeReview

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .heard import heard
from .once import once, request_id_of
from .orders import LAST
from .pages import cursor_of, limit_of, page
from .problems import Problem, speaks
from .review_shapes import JudgedReviews, Judging, NewReviewJudgement, to_shop
from .reviews import NO_REVIEW
from .routes import Route


async def read_many(request: Request) -> Response:
    """Reviews that are shown, the newest first; `?hidden=1`: those that are not."""
    await operator("support", "auditor")(request)
    limit, before = limit_of(request), cursor_of(request, tuple[int, str]) or LAST
    hidden = request.query_params.get("hidden", "") not in {"", "0", "false"}
    door, language = door_of(request), speaks(request)
    rows = await door.reviews.many(before, limit + 1, shown=not hidden)
    items = [to_shop(door, row, language) for row in rows]
    return json_answer(page(items, [(row.posted_ms, row.review_id) for row in rows], limit))


async def judge(request: Request) -> Response:
    """Hide it, or show it again."""
    asking = await operator("support")(request)
    row = await door_of(request).reviews.one(request.path_params["review_id"])
    if row is None:
        raise Problem("NOT_FOUND")
    new, request_id = await read_body(NewReviewJudgement, request), request_id_of(request, asking)
    await once(request, asking, new, lambda: Answer(row.review_id))
    command = JudgeReview(
        product_id=row.product_id,
        review_id=row.review_id,
        request_id=request_id,
        shown=new.shown,
        by=asking.name,
        reason=new.reason,
    )
    body = {"review_id": row.review_id}
    return await heard(request, command, request_id, NO_REVIEW, body, "/v1/admin/reviews")


ROUTES: Final = (
    Route("GET", "/v1/admin/reviews", read_many, "评价列表 · Reviews", "operator",
          answer=JudgedReviews, query=("hidden", "limit", "cursor")),
    Route("POST", "/v1/admin/reviews/{review_id}/judge", judge, "隐藏或恢复评价 · Judge a review",
          "operator", NewReviewJudgement, Judging, 202, once=True),
)  # fmt: skip
