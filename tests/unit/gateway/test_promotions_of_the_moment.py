"""What is over, or has not begun, is not asked about at the open list of products (A2, A9)."""

import time
from typing import Final

from services.gateway.door.shelf import quotas_of
from services.gateway.projections.catalogue import ProductDoc, PromotionDoc
from shared.kernel.quotas import promotion_sku

HOUR_MS: Final = 3_600_000


def test_only_promotions_that_run_now_have_their_units_read() -> None:
    now_ms = time.time_ns() // 1_000_000
    spans = {"over": (-2, -1), "running": (-1, 1), "to come": (1, 2)}
    promotions = tuple(
        PromotionDoc(name, "a", 1, now_ms + begins * HOUR_MS, now_ms + ends * HOUR_MS, 1, 1)
        for name, (begins, ends) in spans.items()
    )
    product = ProductDoc(
        "p", 1, True, "p", (), "card", "CNY", "", (), (), promotions=promotions
    )  # fmt: skip
    assert quotas_of(product) == [promotion_sku("p", "running")]
