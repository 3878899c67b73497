"""Reviews: more words of the catalogue tests."""

from typing import Any, Final

from shared.contracts.reviews import (
    JudgementRefused,
    JudgeReview,
    PostReview,
    ReviewHidden,
    ReviewPosted,
    ReviewShown,
    ReviewUnplaced,
)

OF: Final[Any] = {"product_id": "jcard", "review_id": "rv-1"}
WHOSE: Final[Any] = {**OF, "order_id": "ord-1", "line": 1, "account_id": "acc-1"}


def post(review_id: str = "rv-1", **changes: Any) -> PostReview:
    words: Any = {**WHOSE, "sku": "jcard-100", "rating": 4, "sealed_text": "b1.good"}
    return PostReview(**{**words, "review_id": review_id, **changes})


def posted(review_id: str = "rv-1", **changes: Any) -> ReviewPosted:
    return ReviewPosted(**post(review_id, **changes).model_dump())


def unplaced(code: Any = "UNKNOWN_SKU") -> ReviewUnplaced:
    return ReviewUnplaced(**WHOSE, code=code)


def judge(request_id: str = "rj-1", *, shown: bool = False, **changes: Any) -> JudgeReview:
    words: Any = {**OF, "request_id": request_id, "by": "zhao", "reason": "辱骂他人"}
    return JudgeReview(**{**words, "shown": shown, **changes})


def hidden(request_id: str = "rj-1") -> ReviewHidden:
    return ReviewHidden(**judge(request_id).model_dump(exclude={"shown"}), rating=4)


def shown(request_id: str = "rj-2") -> ReviewShown:
    return ReviewShown(**judge(request_id).model_dump(exclude={"shown"}), rating=4)


def no_judgement(code: Any, request_id: str = "rj-1") -> JudgementRefused:
    return JudgementRefused(**OF, request_id=request_id, by="zhao", code=code)


FACTS: Final[list[Any]] = [
    posted(), unplaced(), hidden(), shown(), no_judgement("UNKNOWN_REVIEW"),
]  # fmt: skip
COMMANDS: Final[list[Any]] = [post(), judge()]
